using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpoService.Api.Tests;

/// <summary>The OpenAPI document, which is committed as docs/openapi.json: a change of the contract is seen in review.</summary>
public sealed class OpenApiTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task It_is_the_committed_one()
    {
        var document = JsonNode.Parse((await api.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body.GetRawText())!.AsObject();
        document["servers"] = new JsonArray(new JsonObject { ["url"] = "http://127.0.0.1:8080" });
        var now = document.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        var path = Path.Combine(Root(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("HPO_UPDATE_OPENAPI") == "1")
            await File.WriteAllTextAsync(path, now);
        var (committed, lines) = ((await File.ReadAllTextAsync(path)).Split('\n'), now.Split('\n'));
        var different = Enumerable.Range(0, Math.Min(committed.Length, lines.Length)).FirstOrDefault(i => committed[i] != lines[i], -1);
        Assert.True(different < 0 && committed.Length == lines.Length,
            $"docs/openapi.json differs from line {different + 1} on: HPO_UPDATE_OPENAPI=1 dotnet test tests/Api.Tests writes it anew.\n{(different < 0 ? "" : $"- {committed[different]}\n+ {lines[different]}")}");
    }

    [Fact]
    public async Task Every_call_has_a_name_a_text_and_examples_of_what_is_sent_and_answered()
    {
        var document = (await api.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
            {
                var call = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("operationId", out _) && operation.Value.TryGetProperty("summary", out _) && operation.Value.TryGetProperty("description", out _), call);
                if (operation.Value.TryGetProperty("requestBody", out var body))
                    Assert.True(body.GetProperty("content").EnumerateObject().Single().Value.TryGetProperty("example", out _), $"{call} has no example of a request.");
                foreach (var answer in operation.Value.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] == '2' && r.Value.TryGetProperty("content", out _)))
                    foreach (var media in answer.Value.GetProperty("content").EnumerateObject())
                        Assert.True(media.Value.TryGetProperty("example", out _), $"{call} has no example of an answer as {media.Name}.");
            }
    }

    [Fact]
    public async Task Every_parameter_is_described_and_every_header_of_an_answer_is_there()
    {
        var document = (await api.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body;
        foreach (var path in document.GetProperty("paths").EnumerateObject())
            foreach (var operation in path.Value.EnumerateObject())
            {
                var call = $"{operation.Name} {path.Name}";
                foreach (var parameter in operation.Value.TryGetProperty("parameters", out var all) ? all.EnumerateArray() : default)
                    Assert.True(parameter.TryGetProperty("description", out var text) && text.GetString()!.Length > 5, $"{call}: {parameter.GetProperty("name")}");
                foreach (var (status, header) in new[] { ("401", "WWW-Authenticate"), ("429", "Retry-After"), ("503", "Retry-After") })
                    Assert.Contains(header, Headers(operation.Value.GetProperty("responses").GetProperty(status)));
                foreach (var answer in operation.Value.GetProperty("responses").EnumerateObject().Where(r => r.Value.GetRawText().Contains("schemas/StudyContract\"", StringComparison.Ordinal)))
                    Assert.Contains("ETag", Headers(answer.Value));
            }

        Assert.Equal(["ETag", "Location"], Headers(document.GetProperty("paths").GetProperty("/api/v1/studies").GetProperty("post").GetProperty("responses").GetProperty("201")).Order());
        var study = document.GetProperty("paths").GetProperty("/api/v1/studies/{study}").GetProperty("get");
        Assert.Contains("If-None-Match", study.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.True(study.GetProperty("responses").TryGetProperty("304", out _));

        IEnumerable<string> Headers(JsonElement answer)
        {
            if (answer.TryGetProperty("$ref", out var reference))
                answer = document.GetProperty("components").GetProperty("responses").GetProperty(reference.GetString()!.Split('/')[^1]);
            return answer.TryGetProperty("headers", out var headers) ? headers.EnumerateObject().Select(h => h.Name).ToList() : [];
        }
    }

    [Fact]
    public async Task The_example_of_a_study_works_as_it_stands()
    {
        var document = (await api.SendAsync(HttpMethod.Get, "/openapi/v1.json")).Body;
        var example = document.GetProperty("paths").GetProperty("/api/v1/studies").GetProperty("post").GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("example");
        await api.PostAsync("studies", example.GetRawText());
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "HpoService.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
