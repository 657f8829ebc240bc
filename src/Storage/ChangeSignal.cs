namespace HpoService.Storage;

/// <summary>Wakes up those in this process who wait for a change. A hint only: other processes' changes are found by polling.</summary>
public sealed class ChangeSignal
{
    private volatile TaskCompletionSource _next = NewSource();

    /// <summary>Wakes everybody who waits.</summary>
    public void Raise() => Interlocked.Exchange(ref _next, NewSource()).TrySetResult();

    /// <summary>The task that completes at the next change. Take it before looking, so that no change falls between.</summary>
    public Task Next => _next.Task;

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
