using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace HpoService.Api.Tests;

/// <summary>Data sets that are sent to do harm, and what goes wrong around them.</summary>
public sealed class DataSetAttackTests(DataSetTests.Host api) : IClassFixture<DataSetTests.Host>
{
    private const string Table = "a,b,c\n1,x,0\n2,y,1\n3,x,0\n4,y,1\n5,x,0\n6,y,1\n7,x,0\n8,y,1\n9,x,0\n10,y,1\n";

    private string Root => Path.Combine(api.Folder, "datasets");

    [Fact]
    public async Task Images_that_are_packed_twice_are_counted_as_they_unpack()
    {
        var picture = Png(1500, 1500);
        Assert.True(picture.Length < 10_000);
        Assert.Contains("images must unpack to at most 5000000 bytes", await RefusedAsync(Zip([.. Enumerable.Range(0, 4).Select(i => ($"{"ab"[i % 2]}/{i}.png", picture))]), "twice.zip"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_columns_than_any_list_could_show_are_refused_in_a_few_words()
    {
        var names = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"{new string('n', 250)}{i}"));
        var values = string.Join('\n', Enumerable.Range(0, 12).Select(i => string.Join(',', Enumerable.Repeat($"{i % 2}", 5000))));
        Assert.Contains("at most 1000000 bytes", await RefusedAsync(Gzip($"{names}\n{values}\n"), "wide.csv.gz"), StringComparison.Ordinal);
        Assert.InRange((await RefusedAsync(Gzip($"{names},{names}\n{values}\n"), "twice.csv.gz")).Length, 10, 1100);
    }

    [Fact]
    public async Task Two_arrays_of_one_name_are_a_mistake_like_any_other()
    {
        var array = Npy();
        Assert.Contains("distinct names, but got 'x' twice", await RefusedAsync(Zip([("a/x.npy", array), ("b/x.npy", array), ("y.npy", array)]), "d.npz"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_keyed_request_twice_at_once_has_one_effect_and_two_equal_answers()
    {
        var answers = await Task.WhenAll(SendAsync("twin", Table, "t.csv", "twin-key"), SendAsync("twin", Table, "t.csv", "twin-key"));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(await answers[0].Content.ReadAsStringAsync(), await answers[1].Content.ReadAsStringAsync());
        await api.SendAsync(HttpMethod.Delete, "datasets/twin");
        using var again = await SendAsync("twin", Table, "t.csv", "twin-key");
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "datasets/twin")).Status);
    }

    [Fact]
    public async Task Lists_and_deletions_do_not_disturb_each_other_and_a_broken_folder_hides_no_other()
    {
        using (var sent = await SendAsync("model", Table, "t.csv"))
            sent.EnsureSuccessStatusCode();
        var card = await File.ReadAllTextAsync(Path.Combine(Root, "model", "card.json"));
        foreach (var (name, content) in Enumerable.Range(0, 40).Select(i => ($"going-{i}", card.Replace("\"model\"", $"\"going-{i}\"", StringComparison.Ordinal))).Append(("broken", "")).Append(("half", card[..50])))
        {
            Directory.CreateDirectory(Path.Combine(Root, name));
            await File.WriteAllTextAsync(Path.Combine(Root, name, "card.json"), content);
        }

        var deleting = Parallel.ForEachAsync(Enumerable.Range(0, 80), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
            Assert.Contains((await api.SendAsync(HttpMethod.Delete, $"datasets/going-{i % 40}")).Status, new[] { HttpStatusCode.NoContent, HttpStatusCode.NotFound }));
        do
        {
            var names = (await api.GetAsync("datasets?limit=1000")).GetProperty("items").EnumerateArray().Select(d => d.GetProperty("name").GetString()).ToList();
            Assert.Contains("model", names);
            Assert.DoesNotContain("broken", names);
            Assert.DoesNotContain("half", names);
        }
        while (!deleting.IsCompleted);
        await deleting;
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "datasets/broken")).Status);
        foreach (var name in new[] { "broken", "half" })
            Directory.Delete(Path.Combine(Root, name), recursive: true);
    }

    [Fact]
    public async Task What_crashes_left_behind_is_in_nobody_s_way_and_goes_after_half_a_day()
    {
        using (var sent = await SendAsync("crashed", Table, "t.csv"))
            sent.EnsureSuccessStatusCode();
        // As an earlier process of the same number was killed while it removed, and others while they added.
        string[] left = [$".crashed.{Environment.ProcessId}.removed", ".crashed.1", ".upload-0123"];
        foreach (var name in left)
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Root, name)).FullName, "data"), "x");
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, "datasets/crashed")).Status);
        Directory.SetLastWriteTimeUtc(Path.Combine(Root, left[0]), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-13));
        Directory.SetLastWriteTimeUtc(Path.Combine(Root, left[1]), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-13));
        using var next = await SendAsync("crashed", "no table", "t.exe");
        Assert.Equal([false, false, true], left.Select(name => Directory.Exists(Path.Combine(Root, name))));
        Directory.Delete(Path.Combine(Root, left[2]), recursive: true);
    }

    private async Task<string> RefusedAsync(byte[] content, string file)
    {
        using var answer = await SendAsync("evil", content, file);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid-dataset"), (answer.StatusCode, problem.GetProperty("type").GetString()));
        Assert.DoesNotContain("Exception", problem.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Root, "evil")));
        return problem.GetProperty("detail").GetString()!;
    }

    private Task<HttpResponseMessage> SendAsync(string name, string content, string file, string? key = null) => SendAsync(name, Encoding.UTF8.GetBytes(content), file, key);

    private async Task<HttpResponseMessage> SendAsync(string name, byte[] content, string file, string? key = null)
    {
        using var form = new MultipartFormDataContent { { new StringContent(name), "name" }, { new ByteArrayContent(content), "file", file } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/datasets") { Content = form };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        return await api.Http.SendAsync(request);
    }

    private static byte[] Npy()
    {
        const string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2), }\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), 1, 2, 3, 4];
    }

    // Gray, black, without checksums.
    private static byte[] Png(int width, int height)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            zlib.Write(new byte[(width + 1) * height]);
        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR", [.. Big(width), .. Big(height), 8, 0, 0, 0, 0]), .. Chunk("IDAT", packed.ToArray())];

        static byte[] Chunk(string name, byte[] content) => [.. Big(content.Length), .. Encoding.ASCII.GetBytes(name), .. content, 0, 0, 0, 0];
        static byte[] Big(int number) => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number];
    }

    private static byte[] Gzip(string content)
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.SmallestSize))
            packed.Write(Encoding.UTF8.GetBytes(content));
        return memory.ToArray();
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
