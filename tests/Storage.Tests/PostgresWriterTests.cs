using HpoService.Search.Studies;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HpoService.Storage.Tests;

public sealed class PostgresWriterTests() : WriterTests(TestDatabase.Postgres)
{
    protected override IReadOnlyDictionary<string, string> Spoilers { get; } = new Dictionary<string, string>
    {
        ["SET default_transaction_read_only = on"] = "one that is read-only",
    };

    // The answers to a transaction: of its begin, of its rows, of its commit.
    [Theory]
    [InlineData(2, 2)] // the commit's does not come, but it was done
    [InlineData(1, 1)] // nor does that of the rows: nothing was committed
    public async Task A_request_whose_commit_is_not_answered_succeeds_if_and_only_if_it_was_done(int answers, int trials)
    {
        var server = new NpgsqlConnectionStringBuilder(Place.Address);
        using var line = new CutLine(server.Port);
        server.Port = line.Port;
        server.SslMode = SslMode.Disable;
        var services = new ServiceCollection().AddHpoStorage(Database.Postgres(server.ToString(), Path.GetTempPath())).BuildServiceProvider();
        var dispatcher = services.GetRequiredService<TrialDispatcher>();
        await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default);
        line.CutAfter(answers);
        var second = dispatcher.SuggestAsync("s", 1, "w", Lease, null, default);
        if (trials == 2)
            Assert.Equal(1, (await second).Trials.Single().Number);
        else
            await Assert.ThrowsAsync<UnwritableException>(() => second);
        Assert.Equal(trials, (await services.GetRequiredService<StudyStore>().GetAsync("s", default)).TrialCounts[TrialState.Running]);
        Assert.Equal(trials, (await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials.Single().Number);
    }

    [Fact]
    public async Task A_connection_that_was_lost_between_two_transactions_costs_no_request()
    {
        var server = new NpgsqlConnectionStringBuilder(Place.Address);
        using var line = new CutLine(server.Port);
        server.Port = line.Port;
        server.SslMode = SslMode.Disable;
        var dispatcher = new TrialDispatcher(Database.Postgres(server.ToString(), Path.GetTempPath()), TimeProvider.System);
        await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default);
        line.CutAfter(0); // the answer to the next begin does not come
        Assert.Equal(1, (await dispatcher.SuggestAsync("s", 1, "w", Lease, null, default)).Trials.Single().Number);
    }

    [Fact]
    public async Task A_process_that_stands_still_within_a_transaction_does_not_hold_up_the_others_for_long()
    {
        var still = Open();
        still.MorePragmas = "SET idle_in_transaction_session_timeout = '300ms'";
        using var entered = new SemaphoreSlim(0);
        using var go = new ManualResetEventSlim();
        var standing = still.TurnAsync(turn =>
        {
            turn.Study("s", TimeProvider.System).Touch();
            entered.Release();
            go.Wait();
            return Task.FromResult(0);
        }, default);
        await entered.WaitAsync();
        Assert.Equal(0, (await SuggestAsync()).Trials.Single().Number);
        go.Set();
        await Assert.ThrowsAsync<UnwritableException>(() => standing);
        Assert.Equal(1, (await SuggestAsync()).Trials.Single().Number);
    }
}
