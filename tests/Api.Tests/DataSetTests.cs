using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HpoService.Client;
using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

/// <summary>Data sets over HTTP, read by the real process.</summary>
public sealed class DataSetTests(DataSetTests.Host api) : IClassFixture<DataSetTests.Host>
{
    private const string Flowers = "length,colour,species\n1.4,blue,setosa\n4.7,white,versicolor\n?,white,setosa\n1.5,blue,setosa\n4.9,white,versicolor\n5.1,blue,versicolor\n4.4,white,versicolor\n1.2,blue,setosa\n1.3,blue,setosa\n4.6,white,versicolor\n";

    public sealed class Host : ApiHost
    {
        protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Limits:DataSetBytes"] = "300000", ["Limits:DataSetUnpackedBytes"] = "5000000" };
    }

    private string[] Folders => Directory.Exists(Path.Combine(api.Folder, "datasets")) ? [.. Directory.GetDirectories(Path.Combine(api.Folder, "datasets")).Select(d => Path.GetFileName(d)!)] : [];

    [Fact]
    public async Task A_table_is_sent_read_shown_and_forgotten()
    {
        using var answer = await SendAsync("flowers", Flowers, "flowers.csv", [("target", "species")]);
        Assert.Equal((HttpStatusCode.Created, "/api/v1/datasets/flowers"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        var card = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("table", "classification", 10, false), (card.GetProperty("kind").GetString(), card.GetProperty("goal").GetString(), card.GetProperty("count").GetInt32(), card.GetProperty("shipped").GetBoolean()));
        Assert.Equal(["setosa", "versicolor"], card.GetProperty("classes").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(1, card.GetProperty("columns")[0].GetProperty("missing").GetInt32());
        Assert.Equal(["blue", "white"], card.GetProperty("columns")[1].GetProperty("categories").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(card.ToString(), (await api.GetAsync("datasets/flowers")).ToString());
        var names = (await api.GetAsync("datasets")).GetProperty("items").EnumerateArray().Select(d => d.GetProperty("name").GetString()).ToList();
        Assert.Contains("digits", names);
        Assert.Contains("flowers", names);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, "datasets/flowers")).Status);
        Assert.Equal("/problems/dataset-not-found", Type((await api.SendAsync(HttpMethod.Get, "datasets/flowers")).Body));
        Assert.DoesNotContain("flowers", Folders);
    }

    [Theory]
    [InlineData("ragged.csv", "a,b\n1,2\n3\n", "1 in row 3", "/file")]
    [InlineData("gap.csv", "a,b\n1,2\n3,?\n5,1\n", "'?' in row 3, column b", "/file")]
    [InlineData("empty.csv", "", "must have rows", "/file")]
    [InlineData("x.exe", "MZ", "a file named 'x.exe'", "/format")]
    [InlineData("not.zip", "PK not really", "must be a ZIP archive", "/file")]
    [InlineData("not.npz", "PK not really", "must be a ZIP archive", "/file")]
    [InlineData("x-idx3-ubyte", "abc", "second file with its labels", "/labels")]
    public async Task A_bad_file_is_422_that_says_where_and_nothing_is_kept(string file, string content, string where, string pointer)
    {
        var before = Folders;
        using var answer = await SendAsync("bad", content, file);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid-dataset", pointer), (answer.StatusCode, Type(problem), problem.GetProperty("pointer").GetString()));
        Assert.Contains(where, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(api.Folder, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(before, Folders);
    }

    [Theory]
    [InlineData("imageSize", "0", "must be from 1 to 1024, for a ZIP of images, but got 0", "invalid-dataset")]
    [InlineData("imageSize", "32.5", "must be a whole number, but got '32.5'", "invalid-values")]
    [InlineData("imageChannels", "3", "for a ZIP of images, but got 3 for csv", "invalid-dataset")]
    public async Task A_size_of_images_that_cannot_be_is_422(string field, string value, string rule, string type)
    {
        using var answer = await SendAsync("sized", Flowers, "flowers.csv", [(field, value)]);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, $"/problems/{type}", $"/{field}"), (answer.StatusCode, Type(problem), problem.GetProperty("pointer").GetString()));
        Assert.Contains(rule, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_texts_images_and_a_pair_of_idx_files_are_taken()
    {
        Assert.Equal("sequence", await KindAsync("steps", Encoding.UTF8.GetBytes("month,n\n" + string.Join('\n', Enumerable.Range(0, 60).Select(i => $"{i},{i % 7}"))), "s.csv", [("format", "series"), ("target", "n")]));
        Assert.Equal("text", await KindAsync("verse", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("to be or not to be ", 30))), "verse.txt"));
        Assert.Equal("image", await KindAsync("pictures", Zip([.. Enumerable.Range(0, 20).Select(i => ($"{(i % 2 == 0 ? "cat" : "dog")}/{i}.pgm", "P5 2 2 255\n\u0001\u0002\u0003\u0004"u8.ToArray()))]), "pictures.zip"));
        // Of any size and number of channels, with what they are to be brought to.
        (string, byte[])[] photos = [.. Enumerable.Range(0, 20).Select(i => ($"{(i % 2 == 0 ? "cat" : "dog")}/{i}.ppm", i < 10 ? "P6 1 2 255\nabcdef"u8.ToArray() : "P5 3 2 255\nabcdef"u8.ToArray()))];
        Assert.Equal("image", await KindAsync("photos", Zip(photos), "photos.zip", [("imageSize", "4"), ("imageChannels", "3")]));
        Assert.Equal([3, 4, 4], (await api.GetAsync("datasets/photos")).GetProperty("sizes").EnumerateArray().Select(s => s.GetInt32()));
        byte[] images = [0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 2, 0, 0, 0, 2, .. Enumerable.Range(0, 80).Select(i => (byte)i)];
        byte[] labels = [0, 0, 8, 1, 0, 0, 0, 20, .. Enumerable.Range(0, 20).Select(i => (byte)(i % 2))];
        Assert.Equal("image", await KindAsync("pair", images, "p-idx3-ubyte", [], labels));

        async Task<string?> KindAsync(string name, byte[] content, string file, (string, string)[]? fields = null, byte[]? second = null)
        {
            using var answer = await SendAsync(name, content, file, fields, second);
            var card = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.True(answer.StatusCode == HttpStatusCode.Created, card.ToString());
            return card.GetProperty("kind").GetString();
        }
    }

    [Fact]
    public async Task Bombs_pickles_and_names_that_lead_outside_are_refused_or_harmless()
    {
        var bomb = Zip([("a/1.pgm", [.. "P5 4000 4000 255\n"u8, .. new byte[16_000_000]]), ("b/1.pgm", [])]);
        Assert.Contains("5000000", await RefusedAsync(bomb, "bomb.zip"), StringComparison.Ordinal);
        var pickle = Npy("|O", "(2,)", [1, 2]);
        Assert.Contains("pickles", await RefusedAsync(Zip([("x.npy", pickle), ("y.npy", pickle)]), "p.npz"), StringComparison.Ordinal);
        await RefusedAsync(Zip([("../../../escaped/1.pgm", "P5 1 1 255\n\0"u8.ToArray())]), "t.zip");
        Assert.False(Directory.Exists(Path.Combine(api.Folder, "..", "escaped")));
        using var named = await SendAsync("../up", Flowers, "../../etc/passwd.csv");
        Assert.Equal("/name", (await named.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("pointer").GetString());
        Assert.DoesNotContain(Folders, f => f.StartsWith(".upload", StringComparison.Ordinal));

        async Task<string> RefusedAsync(byte[] content, string file)
        {
            using var answer = await SendAsync("evil", content, file);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString()!;
        }
    }

    [Fact]
    public async Task What_is_too_large_is_413_of_another_type_415_and_no_form_400()
    {
        using var large = await SendAsync("large", new byte[300_001], "large.csv");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "/problems/too-large"), (large.StatusCode, Type(await large.Content.ReadFromJsonAsync<JsonElement>())));
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "datasets", "{}");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "/problems/unsupported-media-type"), (status, Type(problem)));
        Assert.Contains("multipart/form-data", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        using var form = new MultipartFormDataContent { { new StringContent("x"), "colour" } };
        using var unknown = await api.Http.PostAsync("api/v1/datasets", form);
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var cut = new ByteArrayContent("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx"u8.ToArray());
        cut.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        using var half = await api.Http.PostAsync("api/v1/datasets", cut);
        Assert.Equal(HttpStatusCode.BadRequest, half.StatusCode);
        using var none = await api.Http.PostAsync("api/v1/datasets", new MultipartFormDataContent { { new StringContent("x"), "name" } });
        Assert.Equal("/file", (await none.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("pointer").GetString());
        Assert.DoesNotContain(Folders, f => f.StartsWith(".upload", StringComparison.Ordinal));
    }

    [Theory, InlineData("name"), InlineData("file"), InlineData("labels"), InlineData("target")]
    public async Task A_field_that_comes_twice_is_refused_by_its_name(string field)
    {
        using var form = new MultipartFormDataContent { { new StringContent("twice"), "name" }, { new StringContent(Flowers), "file", "f.csv" } };
        for (var i = 0; i < 2; i++)
        {
            if (field is "file" or "labels")
                form.Add(new StringContent(Flowers), field, "f.csv");
            else
                form.Add(new StringContent("x"), field);
        }

        using var response = await api.Http.PostAsync("api/v1/datasets", form);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid-dataset", $"/{field}"), (response.StatusCode, Type(problem), problem.GetProperty("pointer").GetString()));
        Assert.DoesNotContain(Folders, f => f.StartsWith(".upload", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_key_gives_the_same_answer_and_another_file_with_it_409()
    {
        using var first = await SendAsync("keyed", Flowers, "f.csv", key: "k1");
        using var again = await SendAsync("keyed", Flowers, "f.csv", key: "k1");
        Assert.Equal((HttpStatusCode.Created, await first.Content.ReadAsStringAsync()), (again.StatusCode, await again.Content.ReadAsStringAsync()));
        using var other = await SendAsync("keyed", Flowers + "9,blue,setosa\n", "f.csv", key: "k1");
        Assert.Equal("/problems/idempotency-conflict", Type(await other.Content.ReadFromJsonAsync<JsonElement>()));
        using var taken = await SendAsync("keyed", Flowers, "f.csv");
        Assert.Equal((HttpStatusCode.Conflict, "/problems/name-taken"), (taken.StatusCode, Type(await taken.Content.ReadFromJsonAsync<JsonElement>())));
        // A crash after the file was kept and before the key was: the same request finds its own.
        using var lost = await SendAsync("lost", Flowers, "f.csv", key: "k2");
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(api.Folder, "hpo.db")}"))
        {
            await connection.OpenAsync();
            await using var forget = new SqliteCommand("DELETE FROM idempotency_keys WHERE Key = 'k2'", connection);
            Assert.Equal(1, await forget.ExecuteNonQueryAsync());
        }

        using var found = await SendAsync("lost", Flowers, "f.csv", key: "k2");
        Assert.Equal(HttpStatusCode.Created, found.StatusCode);
    }

    [Fact]
    public async Task A_study_may_name_it_at_once_and_holds_it_until_its_end()
    {
        await PublishAsync();
        using (var answer = await SendAsync("held", Flowers, "f.csv"))
            answer.EnsureSuccessStatusCode();
        const string study = """{"name":"NAME","parameters":[{"name":"learningRate","type":"float","low":0.001,"high":0.1}],"objectives":[{"metric":"accuracy","direction":"maximize"}],"runner":{"kind":"training","model":"mlp","dataset":"held"}}""";
        await api.PostAsync("studies", study.Replace("NAME", "holder", StringComparison.Ordinal));
        var (status, problem) = await api.SendAsync(HttpMethod.Delete, "datasets/held");
        Assert.Equal((HttpStatusCode.Conflict, "/problems/dataset-in-use"), (status, Type(problem)));
        Assert.Contains("holder", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await api.PostAsync("studies/holder/cancel");
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, "datasets/held")).Status);
        Assert.Equal("/problems/unknown-dataset", Type((await api.SendAsync(HttpMethod.Post, "studies", study.Replace("NAME", "late", StringComparison.Ordinal))).Body));
        Assert.Equal("/problems/illegal-move", Type((await api.SendAsync(HttpMethod.Delete, "datasets/digits")).Body));
    }

    [Fact]
    public async Task The_client_sends_lists_and_deletes()
    {
        var client = new HpoClient(api.Http);
        var text = string.Join('\n', Enumerable.Range(0, 30).Select(i => $"{i % 3},{i * 0.5}"));
        var sent = await client.AddDataSetAsync("by-client", new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.csv", new DataSetOptions(Target: "0"));
        Assert.Equal(("by-client", "classification", 30, "0"), (sent.Name, sent.Goal, sent.Count, sent.Target));
        Assert.Equal("column1", (await client.GetDataSetAsync("by-client")).Columns.Single().Name);
        Assert.Contains(await client.GetDataSetsAsync(), d => d.Name == "by-client");
        Assert.Equal(409, (await Assert.ThrowsAsync<HpoProblemException>(() => client.AddDataSetAsync("by-client", new MemoryStream([49]), "f.csv"))).Status);
        await client.DeleteDataSetAsync("by-client");
        Assert.Equal(404, (await Assert.ThrowsAsync<HpoProblemException>(() => client.DeleteDataSetAsync("by-client"))).Status);
    }

    [Fact]
    public async Task A_study_without_parameters_searches_the_model_s_space_over_data_of_its_kind()
    {
        using var sent = await SendAsync("petals", Flowers, "petals.csv", [("target", "species")]);
        sent.EnsureSuccessStatusCode();
        var models = api.Services.GetRequiredService<ModelStore>();
        await models.PublishAsync(
        [
            new ModelCard("kinds", "m", "{}", [new FloatParameter("learningRate", 0.001, 0.1)], ["digits", "petals"], [new Search.Studies.Objective("accuracy", Direction.Maximize)])
            {
                Spaces = new Dictionary<SampleKind, IReadOnlyList<Parameter>> { [SampleKind.Table] = [new IntParameter("hidden", 1, 9), new CategoricalParameter("skip", [true, false])] },
            },
        ], default);
        Assert.Equal(["learningRate"], await Parameters("over-digits", "digits"));
        Assert.Equal(["hidden", "skip"], await Parameters("over-petals", "petals"));
        var card = await api.GetAsync("models/kinds");
        Assert.Equal("learningRate", card.GetProperty("parameters")[0].GetProperty("name").GetString());
        Assert.Equal(9, card.GetProperty("spaces").GetProperty("table")[0].GetProperty("high").GetInt32());

        async Task<string[]> Parameters(string study, string dataSet)
        {
            using var answer = await api.Http.PostAsJsonAsync("api/v1/studies", new { name = study, runner = new { kind = "training", model = "kinds", dataset = dataSet } });
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            return [.. (await api.GetAsync($"studies/{study}")).GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()!)];
        }
    }

    private async Task PublishAsync()
    {
        var models = api.Services.GetRequiredService<ModelStore>();
        await models.PublishAsync([new ModelCard("mlp", "m", "{}", [new FloatParameter("learningRate", 0.001, 0.1)], ["digits"], [new Search.Studies.Objective("accuracy", Direction.Maximize)])], default);
    }

    private Task<HttpResponseMessage> SendAsync(string name, string content, string file, (string Name, string Value)[]? fields = null, string? key = null) =>
        SendAsync(name, Encoding.UTF8.GetBytes(content), file, fields, null, key);

    private async Task<HttpResponseMessage> SendAsync(string name, byte[] content, string file, (string Name, string Value)[]? fields = null, byte[]? labels = null, string? key = null)
    {
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" }, { new ByteArrayContent(content), "file", file } };
        foreach (var (field, value) in fields ?? [])
            form.Add(new StringContent(value), field);
        if (labels is not null)
            form.Add(new ByteArrayContent(labels), "labels", "labels");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/datasets") { Content = form };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await api.Http.SendAsync(request);
    }

    private static string? Type(JsonElement problem) => problem.GetProperty("type").GetString();

    private static byte[] Npy(string type, string shape, byte[] data)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }

    private static byte[] Zip((string Name, byte[] Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
                using (var stream = zip.CreateEntry(name).Open())
                    stream.Write(content);
        return memory.ToArray();
    }
}
