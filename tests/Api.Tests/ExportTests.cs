using System.Net;
using System.Text.Json;
using HpoService.Api.Exports;
using HpoService.Storage;
using HpoService.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

public sealed class ExportTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Study = """
        "objectives":[{"metric":"=loss"}],
        "parameters":[{"name":"a, \"b\"","type":"categorical","choices":["=1+1","@x","-cmd"," +1","plain","two\nlines"]},
                      {"name":"n","type":"float","low":-2,"high":-1},
                      {"name":"only","type":"boolean","when":{"parameter":"a, \"b\"","in":["plain"]}}]
        """;

    [Fact]
    public async Task CSV_quotes_what_it_must_and_disarms_what_a_spreadsheet_would_run()
    {
        await CreateAsync("csv");
        var (text, type, name) = await ExportAsync("csv", "csv");
        Assert.Equal(("text/csv", "csv.csv"), (type, name));
        var lines = text.Replace("\"two\nlines\"", "TWO LINES", StringComparison.Ordinal).Split("\r\n");
        Assert.Equal("number,state,attempt,worker,suggestedBy,createdAt,startedAt,completedAt,error,\"parameters.a, \"\"b\"\"\",parameters.n,parameters.only,values.=loss,values.extra,userAttributes", lines[0]);
        Assert.Equal(8, lines.Length);
        Assert.Equal(["'=1+1", "'@x", "'-cmd", "' +1", "plain", "TWO LINES"], lines[1..7].Select(l => l.Split(',')[9]));
        Assert.All(lines[1..7], l => Assert.Equal("-1.5", l.Split(',')[10])); // a number stays one
        Assert.Equal(["", "", "", "", "true", ""], lines[1..7].Select(l => l.Split(',')[11]));
        Assert.Contains("completed,1,'+worker,enqueued,20", lines[1], StringComparison.Ordinal);
        Assert.Contains(",-0.25,3,", lines[1], StringComparison.Ordinal);
        Assert.Contains("infeasible", lines[2], StringComparison.Ordinal);
        Assert.Contains(",'=HYPERLINK(1),", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(",\"{\"\"a\"\":1}\"", lines[1], StringComparison.Ordinal);
    }

    [Theory, InlineData("=1"), InlineData("＝1+1"), InlineData("＋1"), InlineData("－1"), InlineData("＠x"), InlineData("\u00a0=1"), InlineData(" \t@x"), InlineData("\t1"), InlineData("  \u2003-1")]
    public void CSV_disarms_signs_of_any_width_after_any_space(string text) => Assert.StartsWith("'", CsvExport.Text(text).TrimStart('"'), StringComparison.Ordinal);

    [Fact]
    public async Task An_export_may_take_longer_than_other_requests()
    {
        await using var hasty = new HastyHost();
        await hasty.InitializeAsync();
        await LargeStudy.FillAsync(hasty.Services.GetRequiredService<Database>(), await hasty.PostAsync("studies", LargeStudy.Definition("large", """[{"metric":"loss"}]""")));
        var formats = new[] { "csv", "json", "ndjson" };
        var responses = await Task.WhenAll(formats.Select(format => hasty.Http.GetAsync($"api/v1/studies/large/export?format={format}", HttpCompletionOption.ResponseHeadersRead)));
        await Task.Delay(HastyHost.Seconds * 1100); // what connections hold is full long before the end
        foreach (var response in responses)
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            var last = "";
            while (await reader.ReadLineAsync() is { } line)
                last = line;
            Assert.Contains("99999", last[^Math.Min(last.Length, 2000)..], StringComparison.Ordinal);
            response.Dispose();
        }
    }

    private sealed class HastyHost : ApiHost, IAsyncDisposable
    {
        public const int Seconds = 5;

        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Limits:RequestSeconds"] = $"{Seconds}" };

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
    }

    [Fact]
    public async Task JSON_and_NDJSON_hold_the_trials_with_all_their_measurements()
    {
        await CreateAsync("json");
        var trials = new List<string>();
        for (var i = 0; i < 6; i++)
            trials.Add((await api.GetAsync($"studies/json/trials/{i}")).ToString());
        Assert.Contains("""[{"step":1,"values":{"extra":2}},{"step":2,"values":{"extra":3}}]""", trials[0], StringComparison.Ordinal);
        var (json, type, _) = await ExportAsync("json", "json");
        Assert.Equal("application/json", type);
        var document = JsonDocument.Parse(json).RootElement;
        Assert.Equal(trials, document.GetProperty("trials").EnumerateArray().Select(t => t.ToString()));
        var (lines, _, name) = await ExportAsync("json", "ndjson");
        Assert.Equal("json.ndjson", name);
        Assert.Equal(trials, lines.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement.ToString()));
    }

    [Fact]
    public async Task What_one_study_exports_another_imports()
    {
        await CreateAsync("source");
        for (var n = 2; n < 6; n++)
            await api.PostAsync($"studies/source/trials/{n}/cancel");
        var exported = (await ExportAsync("source", "json")).Text;
        await api.PostAsync("studies", $$"""{"name":"copy",{{Study}},"sampler":{"kind":"random"} }""");
        await api.PostAsync("studies/copy/import", exported);
        var copy = (await ExportAsync("copy", "csv")).Text;
        Assert.Equal((await ExportAsync("source", "csv")).Text, copy);
        Assert.Equal((await api.GetAsync("studies/source/trials/0")).GetProperty("measurements").ToString(), (await api.GetAsync("studies/copy/trials/0")).GetProperty("measurements").ToString());
    }

    [Fact]
    public async Task Another_format_is_refused()
    {
        await api.CreateAsync("formats");
        var (status, problem) = await api.SendAsync(HttpMethod.Get, "studies/formats/export?format=xlsx");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/format"), (status, problem.GetProperty("pointer").GetString()));
    }

    private async Task CreateAsync(string name)
    {
        string[] choices = ["=1+1", "@x", "-cmd", " +1", "plain", "two\\nlines"];
        var trials = choices.Select(c => $$$"""{"a, \"b\"":"{{{c}}}","n":-1.5{{{(c == "plain" ? ",\"only\":true" : "")}}}}""");
        await api.PostAsync("studies", $$"""{"name":"{{name}}",{{Study}},"sampler":{"kind":"random"} }""");
        await api.PostAsync($"studies/{name}/enqueue", $$"""{"trials":[{{string.Join(',', trials)}}]}""");
        var taken = (await api.PostAsync($"studies/{name}/suggest", """{"count":2,"worker":"+worker"}""")).GetProperty("trials");
        string Token(int i) => taken[i].GetProperty("lease").GetProperty("token").GetString()!;
        foreach (var step in new[] { 1, 2 })
            await api.PostAsync($"studies/{name}/trials/0/report", $$$"""{"step":{{{step}}},"values":{"extra":{{{step + 1}}}},"leaseToken":"{{{Token(0)}}}"}""");
        await api.PostAsync($"studies/{name}/trials/0/complete", $$$"""{"values":{"=loss":-0.25,"extra":3},"leaseToken":"{{{Token(0)}}}"}""");
        await api.PostAsync($"studies/{name}/trials/1/infeasible", $$"""{"reason":"=HYPERLINK(1)","leaseToken":"{{Token(1)}}"}""");
        await api.SendAsync(HttpMethod.Patch, $"studies/{name}/trials/0", """{"userAttributes":{"a":1}}""");
    }

    private async Task<(string Text, string? Type, string? Name)> ExportAsync(string study, string format)
    {
        using var response = await api.Http.GetAsync($"api/v1/studies/{study}/export?format={format}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.FileName);
    }
}
