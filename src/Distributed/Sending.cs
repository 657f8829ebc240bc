namespace HpoService.Distributed;

/// <summary>A tensor on its way to another process.</summary>
public sealed class Sending
{
    private nint _handle;

    internal Sending(nint handle) => _handle = handle;

    /// <summary>Waits until it is sent, which may be as late as when the other one receives it; a second call does nothing.</summary>
    /// <exception cref="ProcessGroupException">The other process is gone.</exception>
    public void Wait()
    {
        if (Interlocked.Exchange(ref _handle, 0) is var handle && handle == 0)
            return;
        Native.hpo_sending_wait(handle);
        Native.Check();
    }
}
