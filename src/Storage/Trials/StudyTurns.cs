namespace HpoService.Storage;

/// <summary>Has the work of each study done one after another; knows only those that somebody works on, or waits for.</summary>
internal sealed class StudyTurns
{
    private readonly Dictionary<long, Turn> _turns = [];

    /// <summary>How many studies it knows.</summary>
    public int Count
    {
        get
        {
            lock (_turns)
                return _turns.Count;
        }
    }

    /// <summary>How many work on a study, or wait for it.</summary>
    public int UsersOf(long id)
    {
        lock (_turns)
            return _turns.TryGetValue(id, out var turn) ? turn.Users : 0;
    }

    public async Task<T> InTurnAsync<T>(long id, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        var turn = Enter(id);
        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
            try
            {
                return await work();
            }
            finally
            {
                turn.Gate.Release();
            }
        }
        finally
        {
            Leave(id, turn);
        }
    }

    private Turn Enter(long id)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(id, out var turn))
                _turns[id] = turn = new Turn();
            turn.Users++;
            return turn;
        }
    }

    private void Leave(long id, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
                return;
            _turns.Remove(id);
            turn.Gate.Dispose();
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }
}
