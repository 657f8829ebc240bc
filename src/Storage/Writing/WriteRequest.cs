namespace HpoService.Storage.Writing;

/// <summary>A request that waits for its turn, and then for the commit.</summary>
internal abstract class WriteRequest(CancellationToken cancellationToken)
{
    /// <summary>When it was queued, in the environment's ticks.</summary>
    public long QueuedAt { get; } = Environment.TickCount64;

    protected CancellationToken CancellationToken => cancellationToken;

    /// <summary>Does the work within the transaction. Its own failure is kept for <see cref="Answer"/>; one of the database itself throws.</summary>
    public abstract void Run(WriteSession session);

    /// <summary>Tells the caller what became of it: after the commit.</summary>
    public abstract void Answer();

    /// <summary>Tells the caller that nothing was written.</summary>
    public abstract void Fail(Exception exception);
}

internal sealed class WriteRequest<T>(Func<WriteTurn, Task<T>> work, CancellationToken cancellationToken) : WriteRequest(cancellationToken)
{
    // The writer's thread must not go on with what the caller does next.
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;
    private Exception? _failure;

    public Task<T> Task => _answer.Task;

    public override void Run(WriteSession session)
    {
        _failure = null;
        var turn = new WriteTurn(session);
        try
        {
            CancellationToken.ThrowIfCancellationRequested();
            _result = work(turn).GetAwaiter().GetResult(); // the writer's thread has nothing else to do
            turn.End();
        }
        catch (Exception e) when (!Database.EndsTransaction(e, turn.HasSavepoint))
        {
            _failure = e;
            turn.Undo();
        }
    }

    public override void Answer()
    {
        if (_failure is null)
            _answer.TrySetResult(_result);
        else
            Fail(_failure);
    }

    public override void Fail(Exception exception)
    {
        if (exception is OperationCanceledException { CancellationToken: var token })
            _answer.TrySetCanceled(token);
        else
            _answer.TrySetException(exception);
    }
}
