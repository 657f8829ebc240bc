using Microsoft.Extensions.Hosting;

namespace HpoService.Worker;

/// <summary>Whether the worker shuts down (running trials go back to the queue) or drains (they end, nothing new starts).</summary>
internal sealed class WorkerLifetime(IHostApplicationLifetime host)
{
    private volatile bool _isDraining;
    private int _occupied;

    /// <summary>How many slots run a trial now.</summary>
    public int Occupied => Volatile.Read(ref _occupied);

    /// <summary>Takes a slot, to be freed again, unless all are taken.</summary>
    /// <remarks>The scheduler's limit of running jobs is looked at when a job is fetched: two that are fetched one right after the other both pass it.</remarks>
    public bool TryOccupy(int slots)
    {
        for (var taken = Occupied; taken < slots;)
        {
            var before = Interlocked.CompareExchange(ref _occupied, taken + 1, taken);
            if (before == taken)
                return true;
            taken = before;
        }

        return false;
    }

    /// <summary>Gives a slot back.</summary>
    public void Free() => Interlocked.Decrement(ref _occupied);

    public CancellationToken Stopping => host.ApplicationStopping;

    public bool IsDraining
    {
        get => _isDraining || Stopping.IsCancellationRequested;
        set => _isDraining = value;
    }
}
