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

    /// <summary>How many clients are served with trials of a study, or wait for their turn.</summary>
    public int ClientsOf(long id)
    {
        lock (_turns)
            return _turns.TryGetValue(id, out var turn) ? turn.Clients : 0;
    }

    /// <summary>Does work when nobody else does any for the study.</summary>
    /// <param name="id">The study.</param>
    /// <param name="work">The work.</param>
    /// <param name="isClient">Whether a client waits for it.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    public async Task<T> InTurnAsync<T>(long id, Func<Task<T>> work, bool isClient, CancellationToken cancellationToken)
    {
        var turn = Enter(id, isClient);
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
            Leave(id, turn, isClient);
        }
    }

    private Turn Enter(long id, bool isClient)
    {
        lock (_turns)
        {
            if (!_turns.TryGetValue(id, out var turn))
                _turns[id] = turn = new Turn();
            turn.Users++;
            turn.Clients += isClient ? 1 : 0;
            return turn;
        }
    }

    private void Leave(long id, Turn turn, bool isClient)
    {
        lock (_turns)
        {
            turn.Clients -= isClient ? 1 : 0;
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

        public int Clients { get; set; }
    }
}
