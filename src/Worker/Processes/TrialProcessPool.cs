using System.Collections.Concurrent;

namespace HpoService.Worker.Processes;

/// <summary>Warm training processes that wait for their next trial.</summary>
internal sealed class TrialProcessPool(WorkerOptions options) : IDisposable
{
    private readonly ConcurrentBag<TrialProcess> _idle = [];

    public TrialProcess Rent()
    {
        while (_idle.TryTake(out var process))
        {
            if (process.IsAlive)
                return process;
            process.Dispose();
        }

        return new TrialProcess(options.TrialCommand);
    }

    /// <summary>Takes a process back; one that died, or that may still be training, is not kept.</summary>
    public void Return(TrialProcess process, bool isIdle)
    {
        if (isIdle && process.IsAlive)
            _idle.Add(process);
        else
            process.Dispose();
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var process))
            process.Dispose();
    }
}
