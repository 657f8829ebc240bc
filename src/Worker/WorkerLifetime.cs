using Microsoft.Extensions.Hosting;

namespace HpoService.Worker;

/// <summary>Whether the worker shuts down (running trials go back to the queue) or drains (they end, nothing new starts).</summary>
internal sealed class WorkerLifetime(IHostApplicationLifetime host)
{
    private volatile bool _isDraining;

    public CancellationToken Stopping => host.ApplicationStopping;

    public bool IsDraining
    {
        get => _isDraining || Stopping.IsCancellationRequested;
        set => _isDraining = value;
    }
}
