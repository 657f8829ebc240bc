using HpoService.Storage;

namespace HpoService.Api;

/// <summary>Takes back lost leases and ends studies whose time is up, every second: workers do so too, but there may be none. Forgets old keys of requests, every minute. At the start
/// it removes what uploads left behind whose process was killed.</summary>
internal sealed class Sweeping(LeaseStore leases, KeyExpiry keys, DataSetStore dataSets, TimeProvider time, ILogger<Sweeping> logger) : BackgroundService
{
    private const int KeysEvery = 60;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await TryAsync(() =>
        {
            dataSets.RemoveAbandoned();
            return Task.CompletedTask;
        });
        await TryAsync(() => leases.KeepSweepingAsync(cancellationToken));
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        for (var second = 0; await timer.WaitForNextTickAsync(stoppingToken); second++)
        {
            await TryAsync(() => leases.KeepSweepingAsync(stoppingToken));
            if (second % KeysEvery == 0)
                await TryAsync(() => keys.SweepAsync(stoppingToken));
        }
    }

    private async Task TryAsync(Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogError(e, "Sweeping failed; it is tried again.");
        }
    }
}
