using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>A disk that takes no more, from the running service's point of view: the system's limit on the size of its files.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-full-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_full_disk_is_a_503_that_wrote_nothing_and_is_over_when_there_is_room_again()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await service.PostAsync("studies", new { name = "walk", parameters = new object[] { new { name = "x", type = "float", low = 0, high = 1 } }, sampler = new { kind = "random" }, budget = new { maxParallelTrials = 10_000 } });
        await service.LimitFileSizeAsync($"{new FileInfo(Path.Combine(_data, "hpo.db-wal")).Length + 100_000}");
        var (written, refused) = (0, default(HttpResponseMessage));
        while (refused is null)
        {
            var response = await service.Http.PostAsJsonAsync("api/v1/studies/walk/suggest", new { count = 20 });
            if (response.IsSuccessStatusCode)
                written += 20;
            else
                refused = response;
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("/problems/unwritable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(written, (await service.GetAsync("studies/walk")).GetProperty("trialCounts").GetProperty("running").GetInt32());

        await service.LimitFileSizeAsync("unlimited");
        Assert.Equal(written, (await service.PostAsync("studies/walk/suggest", new { })).GetProperty("trials")[0].GetProperty("number").GetInt32());
    }

    [Fact]
    public async Task A_data_set_for_which_there_is_no_room_is_a_503_and_nothing_of_it_stays()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await service.LimitFileSizeAsync("200000");
        using (var refused = await SendAsync(string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{i},{i % 2}\n"))))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("/problems/unwritable", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(_data, "datasets")));
        await service.LimitFileSizeAsync("unlimited");
        using var taken = await SendAsync(string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i % 2}\n")));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);

        async Task<HttpResponseMessage> SendAsync(string rows)
        {
            using var form = new MultipartFormDataContent { { new StringContent("big"), "name" }, { new StringContent(rows), "file", "big.csv" } };
            return await service.Http.PostAsync("api/v1/datasets", form);
        }
    }
}
