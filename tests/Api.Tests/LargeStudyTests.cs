using System.Text;
using System.Text.Json;
using HpoService.Storage;
using HpoService.Tests;

namespace HpoService.Api.Tests;

/// <summary>With 100,000 trials every answer is bounded, and still says what matters.</summary>
public sealed class LargeStudyTests(LargeStudyTests.Host host) : IClassFixture<LargeStudyTests.Host>
{
    [Theory]
    [InlineData("best", 1)]
    [InlineData("history", 160)]
    [InlineData("history?points=50", 16)]
    [InlineData("importances", 1)]
    [InlineData("slice", 60)]
    [InlineData("slice?points=50", 20)]
    [InlineData("contour?x=rate&y=momentum", 60)]
    [InlineData("contour?x=rate&y=optimizer&points=16", 3)]
    [InlineData("parallel", 40)]
    [InlineData("parallel?points=20", 6)]
    [InlineData("curves", 4)]
    [InlineData("trials", 40)]
    public async Task An_answer_has_at_most_so_many_kilobytes(string path, int kilobytes)
    {
        var answer = await host.Http.GetStringAsync($"api/v1/studies/large/{path}");
        Assert.InRange(Encoding.UTF8.GetByteCount(answer), 100, 1024 * kilobytes);
    }

    [Fact]
    public async Task Thinning_keeps_the_best_trial_and_the_extremes()
    {
        var history = await host.GetAsync("studies/large/history?points=50");
        Assert.Equal(LargeStudy.Trials, history.GetProperty("trials").GetInt32());
        Assert.InRange(history.GetProperty("points").GetArrayLength(), 40, 50);
        Assert.Equal(77_777, history.GetProperty("bestByTrial").EnumerateArray().Last().GetProperty("number").GetInt32());
        Assert.Equal(77_777, history.GetProperty("bestByTime").EnumerateArray().Last().GetProperty("number").GetInt32());
        foreach (var (path, list) in new[] { ("history?points=50", "points"), ("parallel?points=20", "lines") })
            Assert.Contains((await host.GetAsync($"studies/large/{path}")).GetProperty(list).EnumerateArray(), p => p.GetProperty("number").GetInt32() == 77_777);
        foreach (var slice in (await host.GetAsync("studies/large/slice?points=20")).GetProperty("slices").EnumerateArray())
            if (slice.GetProperty("trials").GetInt32() == LargeStudy.Trials) // momentum is inactive in that trial
                Assert.Contains(slice.GetProperty("points").EnumerateArray(), p => p.GetProperty("number").GetInt32() == 77_777);
    }

    [Fact]
    public async Task Importances_are_of_an_even_part_and_right()
    {
        // loss is (u − 0.3)² + the choice's index: variances 0.0142 and 2/3.
        var importances = await host.GetAsync("studies/large/importances");
        Assert.Equal(2000, importances.GetProperty("trials").GetInt32());
        Assert.Equal("optimizer", importances.GetProperty("importances")[0].GetProperty("parameter").GetString());
        Assert.Equal(0.979, importances.GetProperty("importances")[0].GetProperty("importance").GetDouble(), 0.02);
    }

    [Fact]
    public async Task All_of_it_is_exported_in_a_stream_that_begins_at_once()
    {
        foreach (var format in new[] { "csv", "ndjson" })
        {
            using var response = await host.Http.GetAsync($"api/v1/studies/large/export?format={format}", HttpCompletionOption.ResponseHeadersRead);
            Assert.Null(response.Content.Headers.ContentLength); // sent while it is read
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
            var count = 0;
            while (await lines.ReadLineAsync() is not null)
                count++;
            Assert.Equal(LargeStudy.Trials + (format == "csv" ? 1 : 0), count);
        }
    }

    /// <summary>One service for all of these tests: reading 100,000 trials for the first time costs a second.</summary>
    public sealed class Host : IAsyncLifetime
    {
        private readonly ApiHost _api = new();

        public HttpClient Http => _api.Http;

        public Task<JsonElement> GetAsync(string path) => _api.GetAsync(path);

        public async Task InitializeAsync()
        {
            await _api.InitializeAsync();
            var study = await _api.PostAsync("studies", LargeStudy.Definition("large", """[{"metric":"loss"}]"""));
            await LargeStudy.FillAsync((Database)_api.Services.GetService(typeof(Database))!, study);
        }

        public Task DisposeAsync() => _api.DisposeAsync();
    }
}
