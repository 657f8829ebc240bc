using System.Text.Json;
using HpoService.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

public class EventTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_measurement_that_is_NaN_is_an_event_like_any_other()
    {
        await api.CreateAsync("nan");
        var token = (await api.PostAsync("studies/nan/suggest")).GetProperty("trials")[0].GetProperty("lease").GetProperty("token").GetString();
        await api.PostAsync("studies/nan/trials/0/report", $$$"""{"step":1,"values":{"value":1,"loss":"NaN"},"leaseToken":"{{{token}}}"}""");
        using var events = await OpenAsync("studies/nan/events", lastEventId: "1");
        Assert.Equal("event: measurement", await LineAsync(events));
        Assert.Equal("""data: {"trial":0,"step":1,"values":{"value":1,"loss":"NaN"}}""", await LineAsync(events));
    }

    [Fact]
    public async Task Deleting_a_study_ends_its_events_and_disturbs_nobody_else_s()
    {
        await api.CreateAsync("kept");
        using var all = await OpenAsync("events");
        for (var i = 0; i < 20; i++)
        {
            await api.CreateAsync("gone");
            using var own = await OpenAsync("studies/gone/events");
            await Task.WhenAll(api.SendAsync(HttpMethod.Post, "studies/gone/suggest", "{}"), api.SendAsync(HttpMethod.Delete, "studies/gone"));
            Assert.DoesNotContain("internal-error", await own.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        }

        await api.PostAsync("studies/kept/suggest");
        while (await LineAsync(all) is { } line && !line.Contains("\"name\":\"kept\"", StringComparison.Ordinal))
            Assert.DoesNotContain("internal-error", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_studies_events_tell_of_a_study_that_goes()
    {
        var id = (await api.CreateAsync("goes")).GetProperty("id").GetInt64();
        using var events = await OpenAsync("events");
        await api.SendAsync(HttpMethod.Delete, "studies/goes");
        while (await LineAsync(events) != "event: deleted")
            continue;
        Assert.Equal($$"""data: {"id":{{id}}}""", await LineAsync(events));
    }

    [Theory, InlineData("again", "events"), InlineData("anew", "studies/anew/events")]
    public async Task An_id_of_another_history_starts_at_the_beginning(string name, string path)
    {
        await api.CreateAsync(name);
        await api.PostAsync($"studies/{name}/suggest");
        using var events = await OpenAsync(path, "1000000000000");
        await FindAsync().WaitAsync(TimeSpan.FromSeconds(10)); // sooner than the comments of a silent stream

        async Task FindAsync()
        {
            while (await LineAsync(events) is { } line && !line.Contains($"\"name\":\"{name}\"", StringComparison.Ordinal))
                Assert.DoesNotContain("error", line.Replace("\"error\":null", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Deleting_studies_under_load_gives_404_and_never_500()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, _) =>
        {
            var name = $"load-{i % 3}";
            (HttpMethod Method, string Path, string? Body)[] requests =
            [
                (HttpMethod.Post, "studies", $$"""{"name":"{{name}}","parameters":[{"name":"x","type":"boolean"}]}"""),
                (HttpMethod.Post, $"studies/{name}/suggest", "{}"), (HttpMethod.Get, $"studies/{name}", null), (HttpMethod.Get, "studies", null),
                (HttpMethod.Get, $"studies/{name}/trials/0", null), (HttpMethod.Post, $"studies/{name}/pause", "{}"), (HttpMethod.Get, $"studies/{name}/best", null),
                (HttpMethod.Delete, $"studies/{name}", null),
            ];
            foreach (var (method, path, body) in requests)
                Assert.InRange((int)(await api.SendAsync(method, path, body)).Status, 200, 499);
        });
    }

    [Fact]
    public async Task Without_a_worker_too_lost_leases_come_back_and_studies_end_in_time()
    {
        await api.CreateAsync("unattended", ""","budget":{"maxSeconds":2.5}""");
        await api.PostAsync("studies/unattended/suggest", """{"leaseSeconds":1}""");
        using var events = await OpenAsync("studies/unattended/events");
        var seen = new List<string>();
        while (await LineAsync(events) is { } line && !line.Contains("\"completionReason\":\"maxSeconds\"", StringComparison.Ordinal))
            seen.Add(line);
        Assert.Contains(seen, line => line.Contains("\"state\":\"queued\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_another_process_writes_comes_as_events_too()
    {
        await api.CreateAsync("shared");
        using var events = await OpenAsync("studies/shared/events");
        using var all = await OpenAsync("events");
        while (await LineAsync(events) is { } first && !first.StartsWith("id:", StringComparison.Ordinal))
        {
            // what the study is at the start
        }

        await using var other = api.OpenOther();
        for (var number = 0; number < 3; number++)
        {
            await other.GetRequiredService<TrialDispatcher>().SuggestAsync("shared", 1, "elsewhere", TimeSpan.FromMinutes(1), null, default);
            while (await LineAsync(events) is { } line && !line.Contains($"\"number\":{number}", StringComparison.Ordinal))
                Assert.DoesNotContain($"\"number\":{number + 1}", line, StringComparison.Ordinal);
        }

        while (await LineAsync(all) is { } line && !line.Contains("\"running\":3", StringComparison.Ordinal))
        {
            // earlier changes
        }
    }

    [Fact]
    public async Task Many_streams_of_one_study_read_once_between_them_what_another_process_wrote()
    {
        await api.CreateAsync("crowd");
        var streams = new List<StreamReader>();
        for (var i = 0; i < 50; i++)
            streams.Add(await OpenAsync("studies/crowd/events"));
        await ToVersionAsync(1);
        await using var other = api.OpenOther();
        await other.GetRequiredService<TrialDispatcher>().SuggestAsync("crowd", 1, "elsewhere", TimeSpan.FromMinutes(1), null, default);
        await ToVersionAsync(2);
        using (var reads = new ReadCount(api.Services.GetRequiredService<Database>(), "measurements"))
        {
            for (var version = 3; version <= 6; version++)
            {
                await other.GetRequiredService<TrialDispatcher>().SuggestAsync("crowd", 1, "elsewhere", TimeSpan.FromMinutes(1), null, default);
                await ToVersionAsync(version);
            }

            Assert.InRange(reads.Count, 4, 60); // those who are late may read once more, but not each of them for each change: that were 200
        }

        streams.ForEach(stream => stream.Dispose());

        async Task ToVersionAsync(int version)
        {
            foreach (var stream in streams)
                while (await LineAsync(stream) != $"id: {version}")
                    continue;
        }
    }

    [Fact]
    public async Task All_studies_events_resume_without_a_gap_after_a_dropped_connection()
    {
        var (same, gone) = ((await api.CreateAsync("same")).GetProperty("id").GetInt64(), (await api.CreateAsync("gone-meanwhile")).GetProperty("id").GetInt64());
        string? last = null;
        using (var events = await OpenAsync("events"))
        {
            await api.PostAsync("studies/same/suggest");
            while (await LineAsync(events) is { } line && !(last is not null && line.Length == 0))
                last = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : last;
        }

        await using (var other = api.OpenOther())
            await other.GetRequiredService<TrialDispatcher>().SuggestAsync("same", 1, "elsewhere", TimeSpan.FromMinutes(1), null, default);
        await api.SendAsync(HttpMethod.Delete, "studies/gone-meanwhile");
        var came = (await api.CreateAsync("came-meanwhile")).GetProperty("id").GetInt64();
        await api.PostAsync("studies/same/suggest");
        for (var again = 0; again < 2; again++) // as often as it drops before the next event
        {
            using var events = await OpenAsync("events", last);
            var (seen, number) = (new List<(string, long)>(), long.Parse(last!));
            while (!seen.Contains(("study", same)))
            {
                var what = await LineAsync(events);
                if (what?.StartsWith("event: ", StringComparison.Ordinal) != true)
                    continue;
                var data = JsonDocument.Parse((await LineAsync(events))![6..]).RootElement;
                seen.Add((what[7..], data.GetProperty("id").GetInt64()));
                var id = long.Parse((await LineAsync(events))![4..]);
                Assert.True(id > number, "ids grow");
                number = id;
            }

            // Other tests' studies may be among them.
            Assert.Equal([("deleted", gone), ("study", came), ("study", same)], seen.Where(s => s.Item2 == same || s.Item2 == gone || s.Item2 == came));
        }
    }

    private async Task<StreamReader> OpenAsync(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/{path}");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    private static async Task<string?> LineAsync(StreamReader events) => await events.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
}
