using HpoService.Storage;

namespace HpoService.Api;

/// <summary>Takes back lost leases and ends studies whose time is up, every second: workers do so too, but there may be none. Forgets old keys of requests, every minute. At the start
/// it removes what uploads left behind whose process was killed.</summary>
internal sealed class Sweeping(LeaseStore leases, KeyExpiry keys, DataSetStore dataSets, TimeProvider time, ILogger<Sweeping> logger) : BackgroundService
{
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
        // Each for itself: leases are looked after every second, however many keys there are to forget.
        await Task.WhenAll(
            EveryAsync(TimeSpan.FromSeconds(1), () => leases.KeepSweepingAsync(stoppingToken), stoppingToken), EveryAsync(TimeSpan.FromMinutes(1), () => keys.SweepAsync(stoppingToken), stoppingToken));
    }

    private async Task EveryAsync(TimeSpan period, Func<Task> sweep, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TryAsync(sweep);
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
