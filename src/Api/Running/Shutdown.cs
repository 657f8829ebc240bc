using HpoService.Api.Problems;

namespace HpoService.Api.Running;

/// <summary>Ends the service in order: requests that run end, streams close, new requests are told to come again.</summary>
internal sealed class Shutdown(IHostApplicationLifetime lifetime) : IHostedLifecycleService
{
    // Less than any supervisor's patience: what is left after it is cut off by the server's own stop.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Look = TimeSpan.FromMilliseconds(20);
    private int _running;

    /// <summary>Counts a request in, or refuses it.</summary>
    public async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested && !context.Request.Path.StartsWithSegments("/health"))
        {
            context.Response.Headers.Connection = "close";
            throw new RefusedException(503, "shutting-down", "the service must be running, but got a request while it ends.", 2);
        }

        Interlocked.Increment(ref _running);
        try
        {
            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <summary>Before anything stops: the server still answers.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lifetime.StopApplication();
        var started = TimeProvider.System.GetTimestamp();
        while (Volatile.Read(ref _running) > 0 && TimeProvider.System.GetElapsedTime(started) < Patience && !cancellationToken.IsCancellationRequested)
            await Task.Delay(Look, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
