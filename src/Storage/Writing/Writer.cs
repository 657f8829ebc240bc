using System.Collections.Concurrent;
using System.Diagnostics;

namespace HpoService.Storage.Writing;

/// <summary>The one writer of a process: takes what is queued into one transaction, and answers after its commit. One wait for the disk
/// then serves as many requests as have come meanwhile.</summary>
/// <remarks>A thread of its own: it spends its life waiting for the disk, which must not cost the thread pool one of its few threads.</remarks>
internal sealed class Writer(Database database)
{
    private const int MaxQueued = 4096;
    private const int MaxBatch = 512;
    private static readonly TimeSpan MaxHold = TimeSpan.FromMilliseconds(15); // of the lock, before the commit: others want a turn, too
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(100);
    private const int OthersAreNear = 5000;
    private readonly BlockingCollection<WriteRequest> _queue = new(MaxQueued);
    private readonly ManualResetEventSlim _pause = new(false);
    private readonly StudyMemories _memories = new();
    private WriteSession? _session;
    private int _isRunning;

    public bool IsRunning => Volatile.Read(ref _isRunning) != 0;

    /// <exception cref="BusyException">Too many requests wait already.</exception>
    public Task<T> RunAsync<T>(Func<WriteTurn, Task<T>> work, CancellationToken cancellationToken)
    {
        var request = new WriteRequest<T>(work, cancellationToken);
        if (!_queue.TryAdd(request))
            throw new BusyException($"fewer than {MaxQueued} writes may wait, but got one more.");
        if (Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0)
            new Thread(Run) { Name = "writer", IsBackground = true }.Start();
        return request.Task;
    }

    private void Run()
    {
        do
        {
            while (_queue.TryTake(out var request, database.Linger))
            {
                var started = Stopwatch.GetTimestamp();
                Commit(request, MaxBatch);
                MakeRoom(Stopwatch.GetElapsedTime(started));
            }

            _session?.Dispose();
            _session = null;
            _memories.Rest();
            Interlocked.Exchange(ref _isRunning, 0); // before the queue is looked at: who queues meanwhile must see that nobody runs
        }
        while (_queue.Count > 0 && Interlocked.CompareExchange(ref _isRunning, 1, 0) == 0);
    }

    private void Commit(WriteRequest first, int max)
    {
        var batch = new List<WriteRequest> { first };
        IReadOnlyCollection<long> changed = [];
        try
        {
            var started = Stopwatch.GetTimestamp();
            _session = Begin();
            var locked = Stopwatch.GetTimestamp();
            first.Run(_session);
            while (batch.Count < max && Stopwatch.GetElapsedTime(locked) < MaxHold && _queue.TryTake(out var next))
            {
                batch.Add(next);
                next.Run(_session);
            }

            changed = _session.Touched();
            _session.Commit();
            StorageMetrics.CommitSize.Record(batch.Count);
            StorageMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        catch (Exception e)
        {
            if (_session?.Unanswered is not { } unanswered || !HasCommitted(unanswered, ref e))
            {
                End(batch, e);
                return;
            }
        }

        database.Announce(changed);
        batch.ForEach(request => request.Answer());
    }

    // A connection that was lost since its last transaction costs the requests nothing: there is another one.
    private WriteSession Begin()
    {
        var isNew = _session is null;
        try
        {
            _session ??= database.OpenSession(_memories);
            _session.Begin();
            return _session;
        }
        catch (Exception e) when (!isNew && Database.Translate(e) is UnwritableException)
        {
            Reset(isSound: false);
            _session = database.OpenSession(_memories);
            _session.Begin();
            return _session;
        }
    }

    // The connection was lost during the commit. Once there is another one, the database knows what became of it.
    private bool HasCommitted(long unanswered, ref Exception failure)
    {
        Reset(isSound: false);
        for (var since = Environment.TickCount64; ; _pause.Wait(Retry))
        {
            try
            {
                _session = database.OpenSession(_memories);
                return _session.HasCommitted(unanswered);
            }
            catch (Exception e) when (Database.Translate(e) != e)
            {
                Reset(isSound: false);
                if (Environment.TickCount64 - since < database.Patience.TotalMilliseconds / 2)
                    continue;
                failure = new UnknownOutcomeException(e);
                return false;
            }
        }
    }

    // Nothing was written. When it was one of the requests that the database refused, the others succeed alone.
    private void End(List<WriteRequest> batch, Exception e)
    {
        var failure = e as UnknownOutcomeException ?? Database.Translate(e);
        var isRefused = failure is not (BusyException or UnwritableException or UnknownOutcomeException);
        Reset(isSound: isRefused);
        database.AnnounceFailure();
        if (!isRefused)
            database.AnnounceOutage();
        if (batch.Count > 1 && isRefused)
            batch.ForEach(request => Commit(request, 1));
        else
            batch.ForEach(request => request.Fail(failure));
        while (failure is BusyException && _queue.TryTake(out var next))
        {
            // Those who have waited as long as this one, for the same.
            if (Environment.TickCount64 - next.QueuedAt < database.Patience.TotalMilliseconds)
            {
                Commit(next, MaxBatch);
                return;
            }

            next.Fail(failure);
        }
    }

    private void Reset(bool isSound)
    {
        try
        {
            _session?.Rollback();
        }
        catch (Exception)
        {
            isSound = false; // the database has ended the transaction by itself, or never began it
        }

        if (isSound)
            return;
        _session?.Dispose(); // a new connection starts from what is on the disk
        _session = null;
    }

    // Other processes wait for the lock by looking again and again: it must be free for a third of the time, or they would never see it so.
    private void MakeRoom(TimeSpan held)
    {
        if (_queue.Count > 0 && _session is { } session && Environment.TickCount64 - session.OthersWroteAt < OthersAreNear)
            _pause.Wait(TimeSpan.FromMilliseconds(Math.Clamp(held.TotalMilliseconds / 2, 0.5, 10)));
    }
}
