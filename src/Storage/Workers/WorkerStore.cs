using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>A worker as it stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>online</c>, <c>draining</c>, or <c>offline</c> when it has not been heard of for a minute.</param>
/// <param name="Slots">How many trials it runs at once.</param>
/// <param name="RunningTrials">How many it runs now.</param>
/// <param name="StartedAt">When it started, UTC.</param>
/// <param name="LastHeartbeatAt">When it was last heard of, UTC.</param>
public sealed record WorkerView(string Name, string State, int Slots, int RunningTrials, DateTimeOffset StartedAt, DateTimeOffset LastHeartbeatAt);

/// <summary>The workers that serve this database.</summary>
public sealed class WorkerStore(Database database, TimeProvider time)
{
    private const string Online = "online", Draining = "draining";
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    /// <summary>Announces a worker, or announces it again after a restart: it is online.</summary>
    public Task RegisterAsync(string name, int slots, CancellationToken cancellationToken) => database.WriteAsync(async db =>
    {
        var row = await db.Workers.FindAsync([name], default);
        if (row is null)
            db.Workers.Add(row = new WorkerRow { Name = name, State = Online });
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        (row.State, row.Slots, row.StartedAt, row.LastHeartbeatAt) = (Online, slots, now, now);
        return row;
    }, cancellationToken);

    /// <summary>Says that a worker lives; answers whether it is to drain: finish what it runs and take nothing new.</summary>
    public Task<bool> HeartbeatAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(async db =>
    {
        var row = await db.Workers.FindAsync([name], default) ?? throw new NotFoundException("worker", name);
        row.LastHeartbeatAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        return row.State == Draining;
    }, cancellationToken);

    /// <summary>Asks a worker to drain.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public async Task<WorkerView> DrainAsync(string name, CancellationToken cancellationToken)
    {
        return await database.WriteAsync(async db =>
        {
            var row = await db.Workers.FindAsync([name], default) ?? throw new NotFoundException("worker", name);
            row.State = Draining;
            await db.SaveChangesAsync(default);
            return (await ListAsync(db, default)).Single(worker => worker.Name == name);
        }, cancellationToken);
    }

    /// <summary>Removes a worker that says goodbye.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellationToken) => database.WriteAsync(
        db => db.Workers.Where(w => w.Name == name).ExecuteDeleteAsync(default), cancellationToken);

    /// <summary>How many trials all workers that were heard of within a minute run at once.</summary>
    public async Task<int> SlotsAsync(CancellationToken cancellationToken)
    {
        var silentSince = (time.GetUtcNow() - Silence).ToUnixTimeMilliseconds();
        await using var db = database.Open();
        return await db.Workers.Where(w => w.LastHeartbeatAt >= silentSince && w.State == Online).SumAsync(w => w.Slots, cancellationToken);
    }

    /// <summary>All workers, by name.</summary>
    public async Task<IReadOnlyList<WorkerView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await ListAsync(db, cancellationToken);
    }

    private async Task<List<WorkerView>> ListAsync(HpoDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Workers.AsNoTracking().OrderBy(w => w.Name).ToListAsync(cancellationToken);
        // Only running trials have a lease that expires, and by that they are found without looking at all the others.
        var running = await db.Trials.Where(t => t.LeaseExpiresAt != null && t.State == TrialState.Running && t.Worker != null).GroupBy(t => t.Worker!)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var silentSince = (time.GetUtcNow() - Silence).ToUnixTimeMilliseconds();
        return rows.ConvertAll(row => new WorkerView(
            row.Name, row.LastHeartbeatAt < silentSince ? "offline" : row.State, row.Slots, running.GetValueOrDefault(row.Name),
            Mapping.ToTime(row.StartedAt), Mapping.ToTime(row.LastHeartbeatAt)));
    }
}
