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

    // Of a machine on which whatever is timed takes ten seconds.
    private sealed class CrowdedTime : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => Interlocked.Add(ref _now, 10 * TimestampFrequency);
    }
}
