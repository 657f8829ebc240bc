using HpoService.Storage;

namespace HpoService.Api;

/// <summary>Takes back lost leases and ends studies whose time is up, every second: workers do so too, but there may be none.</summary>
internal sealed class Sweeping(LeaseStore leases, TimeProvider time, ILogger<Sweeping> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await leases.SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogError(e, "Sweeping failed; it is tried again.");
            }
        }
    }
}
