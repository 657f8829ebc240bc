namespace HpoService.Distributed;

/// <summary>Processes of one machine that work on tensors together, over gloo: c10d's group, seen from one of them.</summary>
/// <remarks>A tensor is TorchSharp's <c>Tensor.Handle</c>, a pointer to an at::Tensor; this room knows no binding of libtorch. All processes make
/// the same calls of the group in the same order; sending and receiving concerns two of them. They listen on 127.0.0.1 only, at ports
/// that the system chooses. A call throws soon after another process has died.</remarks>
public sealed class ProcessGroup : IDisposable
{
    private nint _handle;

    /// <summary>Meets the others; returns when all are there.</summary>
    /// <param name="meeting">A file that does not exist yet, where they find each other; its folder is this user's alone.</param>
    /// <param name="rank">Which of them this one is, from 0.</param>
    /// <param name="size">How many there are.</param>
    /// <param name="start">How long it waits for the others to come.</param>
    /// <param name="timeout">How long any call waits for the others, from then on.</param>
    /// <exception cref="ProcessGroupException">They did not come in time.</exception>
    public ProcessGroup(string meeting, int rank, int size, TimeSpan start, TimeSpan timeout)
    {
        (Rank, Size) = (rank, size);
        _handle = Native.Check(Native.hpo_group_new(meeting, rank, size, start.TotalSeconds, timeout.TotalSeconds));
    }

    /// <summary>Which of them this one is, from 0.</summary>
    public int Rank { get; }

    /// <summary>How many there are.</summary>
    public int Size { get; }

    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(nameof(ProcessGroup));

    /// <summary>The tensor becomes the sum of all processes' tensors, the same bits everywhere.</summary>
    public void AllReduce(nint tensor)
    {
        Native.hpo_group_all_reduce(Handle, tensor);
        Native.Check();
    }

    /// <summary>The tensor becomes the root's.</summary>
    public void Broadcast(nint tensor, int root)
    {
        Native.hpo_group_broadcast(Handle, tensor, root);
        Native.Check();
    }

    /// <summary>Batch normalisation over all processes' parts of a batch: a new tensor that can be differentiated once; where the input wants a gradient, its backward is a call of the group too.</summary>
    /// <param name="x">This process' part, floats of shape [n, channels, …].</param>
    /// <param name="weight">Shape [channels], as the rest.</param>
    /// <param name="bias">What is added.</param>
    /// <param name="mean">The running mean, which is updated.</param>
    /// <param name="variance">The running variance, which is updated.</param>
    /// <param name="counts">Whether the part counts; one that does not is normalised as the others are, but none of them knows of it.</param>
    /// <param name="momentum">How much of the running values is new.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public nint Normalize(nint x, nint weight, nint bias, nint mean, nint variance, bool counts, double momentum, double epsilon) =>
        Native.Check(Native.hpo_group_batch_norm(Handle, x, weight, bias, mean, variance, counts, momentum, epsilon));

    /// <summary>Begins to send a tensor's present values.</summary>
    public Sending Send(nint tensor, int to, int tag) => new(Native.Check(Native.hpo_group_send(Handle, tensor, to, tag)));

    /// <summary>The tensor becomes what the other process sends under the tag; shapes and types agree. Of several, the first sent comes first.</summary>
    public void Receive(nint tensor, int from, int tag)
    {
        Native.hpo_group_receive(Handle, tensor, from, tag);
        Native.Check();
    }

    /// <summary>Averages the gradients of parameters in buckets while backward goes on.</summary>
    public GradientReducer Reduce(IEnumerable<nint> parameters, double bucketMegabytes) => new(this, [.. parameters], (long)(bucketMegabytes * (1 << 20)));

    /// <summary>Leaves.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _handle, 0) is var handle && handle != 0)
            Native.hpo_group_free(handle);
    }
}
