using HpoService.Search.Studies;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Storage.Tests;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(TrialSort.Value, "NaN_0")]
    [InlineData(TrialSort.Value, "1")]
    [InlineData(TrialSort.Value, "1_-1")]
    [InlineData(TrialSort.Changed, "NaN_0")]
    [InlineData(TrialSort.Number, "1_1")]
    public async Task A_cursor_that_no_page_gave_is_told_apart_from_a_bug(TrialSort sort, string cursor)
    {
        await CreateAsync();
        await Assert.ThrowsAsync<FormatException>(
            () => _services.GetRequiredService<TrialPages>().GetAsync("s", new TrialQuery(After: cursor, Sort: sort), default));
    }

    [Fact]
    public async Task Cursors_of_large_and_small_values_stand_in_a_query_as_they_are()
    {
        await CreateAsync();
        double[] values = [1e300, -1e17, 3, 1e-300, -2.5e-9, 1e17, 1e17, -1e300];
        foreach (var value in values)
            await CompleteAsync(await TakeAsync(), value);
        var (seen, cursor) = (new List<double>(), default(string));
        do
        {
            var page = await _services.GetRequiredService<TrialPages>().GetAsync("s", new TrialQuery(After: cursor, Limit: 1, Sort: TrialSort.Value), default);
            seen.AddRange(page.Items.Select(t => t.Values!["value"]));
            cursor = page.Next;
            Assert.Equal(cursor, cursor is null ? null : Uri.UnescapeDataString(cursor.Replace('+', ' ')));
        }
        while (cursor is not null);
        Assert.Equal(values.Order(), seen);
        var rest = await _services.GetRequiredService<TrialPages>().GetAsync("s", new TrialQuery(After: "-1E+17_5", Sort: TrialSort.Value), default); // as an earlier version gave it
        Assert.Equal([1e300], rest.Items.Select(t => t.Values!["value"]));
    }

    [Fact]
    public async Task Others_changes_are_seen_soon_also_where_a_look_takes_long()
    {
        var id = (await CreateAsync()).Id;
        var watch = new ChangeWatch(_services.GetRequiredService<Database>(), new CrowdedTime());
        var first = watch.Next(id);
        using var watching = watch.Watch();
        await first.WaitAsync(TimeSpan.FromSeconds(20)); // the first look knows of no version
        var next = watch.Next(id);
        await using var other = new ServiceCollection().AddHpoStorage(Place.Open()).BuildServiceProvider();
        await other.GetRequiredService<TrialDispatcher>().SuggestAsync("s", 1, "elsewhere", Lease, null, default);
        await next.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task An_export_reads_few_measurements_at_once_and_leaves_none_out()
    {
        int[] counts = [3, 0, 4, 1, 9, 0];
        await CreateAsync();
        foreach (var count in counts)
        {
            var trial = await TakeAsync();
            for (var step = 0; step < count; step++)
                await ReportAsync(trial, step, step);
        }

        var pages = new List<IReadOnlyList<TrialView>>();
        await foreach (var page in new ExportStore(_services.GetRequiredService<Database>()) { MostMeasurements = 5 }.PagesAsync("s", withMeasurements: true, default))
            pages.Add(page);
        Assert.Equal([[0, 1], [2, 3], [4], [5]], pages.Select(page => page.Select(t => t.Number)));
        Assert.Equal(counts, pages.SelectMany(page => page.Select(t => t.Measurements.Count)));
    }

    [Fact]
    public async Task Trials_are_copied_with_so_many_measurements_at_most()
    {
        await CreateAsync();
        var trial = await TakeAsync();
        for (var step = 0; step < 4; step++)
            await ReportAsync(trial, step, step);
        await CompleteAsync(trial, 1);

        ImportStore Copying(int most) => new(_services.GetRequiredService<Database>(), _time) { MostMeasurements = most };
        Assert.Equal(4, Assert.Single(await Copying(4).FinishedAsync("s", default)).Measurements.Count);
        Assert.Contains("measurements <= 3", (await Assert.ThrowsAsync<IllegalMoveException>(() => Copying(3).FinishedAsync("s", default))).Message);
    }

    [Fact]
    public async Task A_long_way_behind_changes_come_in_parts_that_leave_nothing_out()
    {
        var study = await CreateAsync(budget: new Budget { MaxParallelTrials = 3000 });
        for (var i = 0; i < 30; i++)
        {
            var trials = (await Dispatcher.SuggestAsync("s", 100, "w", Lease, null, default)).Trials;
            await Leases.ReportAsync("s", trials[0].Number, trials[0].Lease!.Token, new Measurement(i, Values(i)), default);
        }

        var feed = _services.GetRequiredService<ChangeFeed>();
        var (version, seen, measured, parts) = (0L, new List<int>(), new List<long>(), 0);
        for (; await feed.SinceAsync(study.Id, version, default) is { } changes; parts++)
        {
            Assert.InRange(changes.Trials.Count, 0, 1100);
            seen.AddRange(changes.Trials.Select(t => t.Number));
            measured.AddRange(changes.Measurements.Select(m => m.Measurement.Step));
            version = changes.Version;
        }

        Assert.Equal((await Studies.GetAsync("s", default)).Version, version);
        Assert.InRange(parts, 3, 5);
        Assert.Equal(Enumerable.Range(0, 3000), seen.Distinct().Order());
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (long)i), measured);
    }

    [Fact]
    public async Task Whoever_waits_where_nothing_newer_is_known_is_woken_by_everything_newer()
    {
        const int trials = 90;
        var study = await CreateAsync();
        var (id, version) = (study.Id, study.Version);
        var feed = _services.GetRequiredService<ChangeFeed>();
        var watch = new ChangeWatch(_services.GetRequiredService<Database>(), TimeProvider.System);
        var followers = Enumerable.Range(0, 16).Select(i => Task.Run(() => FollowAsync(comesAndGoes: i % 4 == 0))).ToList();
        await using (var other = new ServiceCollection().AddHpoStorage(Place.Open()).BuildServiceProvider())
            for (var number = 0; number < trials; number++)
            {
                await other.GetRequiredService<TrialDispatcher>().SuggestAsync("s", 1, "elsewhere", Lease, null, default);
                await Task.Delay(number % 8 == 0 ? 60 : number % 3); // in bursts, and with pauses in which everybody waits
            }

        var last = (await Studies.GetAsync("s", default)).Version;
        Assert.Equal(version + trials, last);
        await Task.WhenAll(followers);

        // As an event stream does.
        async Task FollowAsync(bool comesAndGoes)
        {
            var (mine, watching) = (version, watch.Watch());
            for (var looks = 0; mine < version + trials; looks++)
            {
                if (comesAndGoes && looks % 5 == 4)
                {
                    watching.Dispose();
                    await Task.Delay(30);
                    watching = watch.Watch();
                }

                var next = watch.Next(id);
                if (watch.Known(id) is { } known && known <= mine)
                    await next.WaitAsync(TimeSpan.FromSeconds(20)); // a miss would be waited for in vain
                else if (await feed.SinceAsync(id, mine, default) is { } changes)
                    mine = changes.Version;
                else
                    await next.WaitAsync(TimeSpan.FromSeconds(20));
            }

            watching.Dispose();
        }
    }

    // Of a machine on which whatever is timed takes ten seconds.
    private sealed class CrowdedTime : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, 10 * TimestampFrequency);
    }
}
