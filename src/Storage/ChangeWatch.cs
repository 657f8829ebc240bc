using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Finds out which studies have changed, for all who want to know it: one look at the database serves them all, this process's changes
/// and others' alike. Looks only while somebody watches.</summary>
public sealed class ChangeWatch(Database database, TimeProvider time)
{
    // Others' changes are seen after so long; this process's at once, but not more often than this.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50), LeastInterval = TimeSpan.FromMilliseconds(25), MostInterval = TimeSpan.FromMilliseconds(100);
    private const long Any = 0;
    private readonly ConcurrentDictionary<long, TaskCompletionSource> _waiting = new();
    private readonly Lock _gate = new();
    private volatile IReadOnlyDictionary<long, long>? _known;
    private int _watchers;
    private Task _looking = Task.CompletedTask;

    /// <summary>Has changes looked for until it is disposed.</summary>
    public IDisposable Watch()
    {
        lock (_gate)
        {
            if (Interlocked.Increment(ref _watchers) == 1)
                _looking = LookAsync(_looking);
        }

        return new Watcher(this);
    }

    /// <summary>Completes when the study changes or is deleted. Take it before looking, so that no change falls between.</summary>
    public Task Next(long studyId) => _waiting.GetOrAdd(studyId, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>As <see cref="Next(long)"/>, for any study.</summary>
    public Task Next() => Next(Any);

    /// <summary>The version that a study had at the last look; null when that is not known. Take <see cref="Next(long)"/> before: then whoever has seen that version need not
    /// look at the database before the task completes.</summary>
    /// <remarks>Why nothing is missed. Say that a watcher takes its task, then finds nothing newer here, and waits; and that somebody commits a newer version before or after. The look that
    /// finds this version first publishes what it knows before it completes tasks. The watcher's task was there by then: it is completed. Or it was taken later: then so was the look at what
    /// is known, and the watcher has found the newer version. While nobody watched, nothing was looked for and what is known may be old; but the first look for new watchers takes every
    /// study for changed, and completes all tasks.</remarks>
    public long? Known(long studyId) => _known is { } known && known.TryGetValue(studyId, out var version) ? version : null;

    private async Task LookAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var others = database.OpenVersionProbe();
        var known = new Dictionary<long, long>();
        var version = -1L;
        while (Volatile.Read(ref _watchers) > 0)
        {
            var own = database.Signal.Next;
            var started = time.GetTimestamp();
            try
            {
                if (await others.ReadAsync() is var now && now != version)
                {
                    known = Wake(known, await VersionsAsync());
                    version = now;
                }
            }
            catch (Exception)
            {
                // Such as a busy database: the next look finds what this one missed.
            }

            // However many studies there are, looking takes no more than a tenth of the time; but on a busy machine a short look takes long, and others' changes
            // are to be seen soon all the same.
            var pause = TimeSpan.FromTicks(Math.Clamp(10 * time.GetElapsedTime(started).Ticks, LeastInterval.Ticks, MostInterval.Ticks));
            await Task.Delay(pause, time);
            if (pause < PollInterval)
                await Task.WhenAny(own, Task.Delay(PollInterval - pause, time));
        }
    }

    private async Task<Dictionary<long, long>> VersionsAsync()
    {
        await using var db = database.Open();
        return await db.Studies.Select(s => new { s.Id, s.Version }).ToDictionaryAsync(s => s.Id, s => s.Version);
    }

    private Dictionary<long, long> Wake(Dictionary<long, long> known, Dictionary<long, long> now)
    {
        _known = now; // before anybody is woken: see Known
        // One that is not there was deleted, perhaps before it was ever seen here, or is too new: to be looked at.
        foreach (var id in _waiting.Keys)
            if (id == Any || !now.TryGetValue(id, out var version) || !known.TryGetValue(id, out var before) || before != version)
                Wake(id);
        return now;
    }

    private void Wake(long id)
    {
        if (_waiting.TryRemove(id, out var waiting))
            waiting.TrySetResult();
    }

    private sealed class Watcher(ChangeWatch watch) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
                Interlocked.Decrement(ref watch._watchers);
        }
    }
}
