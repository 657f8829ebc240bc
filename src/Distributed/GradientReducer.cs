namespace HpoService.Distributed;

/// <summary>Averages gradients over a group: each bucket of them as soon as it is complete, while backward computes the next.</summary>
public sealed class GradientReducer : IDisposable
{
    private nint _handle;

    internal GradientReducer(ProcessGroup group, nint[] parameters, long bucketBytes) =>
        _handle = Native.Check(Native.hpo_reducer_new(group.Handle, parameters, parameters.Length, Math.Max(1, bucketBytes)));

    /// <summary>The next backward ends with averaged gradients, what earlier ones had added to them included. Every parameter takes part in it.</summary>
    public void Arm()
    {
        Native.hpo_reducer_arm(_handle != 0 ? _handle : throw new ObjectDisposedException(nameof(GradientReducer)));
        Native.Check();
    }

    /// <summary>Leaves the parameters alone from now on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0)
            Native.hpo_reducer_free(handle);
    }
}
