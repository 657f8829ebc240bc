using Microsoft.Extensions.Hosting;

namespace HpoService.Worker;

/// <summary>Whether the worker shuts down (running trials go back to the queue) or drains (they end, nothing new starts).</summary>
internal sealed class WorkerLifetime(IHostApplicationLifetime host)
{
    private volatile bool _isDraining;
    private int _occupied;

    /// <summary>How many slots run a trial now.</summary>
    public int Occupied => Volatile.Read(ref _occupied);

    /// <summary>Counts a slot that is taken (1) or free again (−1).</summary>
    public void Occupy(int by) => Interlocked.Add(ref _occupied, by);

    public CancellationToken Stopping => host.ApplicationStopping;

    public bool IsDraining
    {
        get => _isDraining || Stopping.IsCancellationRequested;
        set => _isDraining = value;
    }
}
