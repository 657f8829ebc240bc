using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Storage;
using HpoService.Worker.DataSets;
using HpoService.Worker.Processes;

namespace HpoService.Worker.Predicting;

/// <summary>Models in warm processes, which keep the last ones that they have read; one that answers too late is killed.</summary>
internal sealed class PredictionDesk(DeskOptions options, TimeProvider time) : IPredictionDesk, IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim _turns = new(2, 2);
    private readonly Lock _lock = new();
    private readonly Stack<(TrialProcess Process, long Since)> _idle = [];
    private ITimer? _sweep;

    public async Task<Predictions> PredictAsync(string folder, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        var process = Rent();
        var isIdle = false;
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromSeconds(mostSeconds));
            var message = await process.AskAsync(new Command(Predict: new PredictionRequest(folder, rows)), _ => Task.CompletedTask, deadline.Token);
            isIdle = message.Failed is null;
            return message.Predicted ?? throw (message.Refused switch
            {
                { Kind: Refusal.Rows, Pointer: var pointer, Text: var text } => new InvalidValuesException(pointer, text),
                { } refusal => new UnavailableException(refusal.Text),
                null => new UnavailableException($"a model must answer, but got: {message.Failed}."),
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"a model must answer within {mostSeconds} seconds, but got no answer.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw new InvalidValuesException("/rows", "rows must be texts of whole characters, but got half of one."); // a lone surrogate cannot be sent on
        }
        finally
        {
            Return(process, isIdle);
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _sweep?.Dispose();
        while (_idle.TryPop(out var idle))
            idle.Process.Dispose();
        _turns.Dispose();
    }

    private TrialProcess Rent()
    {
        lock (_lock)
            while (_idle.TryPop(out var idle))
            {
                if (idle.Process.IsAlive)
                    return idle.Process;
                idle.Process.Dispose();
            }

        return new TrialProcess(options.TrialCommand);
    }

    private void Return(TrialProcess process, bool isIdle)
    {
        if (!isIdle || !process.IsAlive)
        {
            process.Dispose();
            return;
        }

        lock (_lock)
        {
            _idle.Push((process, time.GetTimestamp()));
            _sweep ??= time.CreateTimer(_ => Sweep(), null, Rest, Rest);
        }
    }

    // Who has not been asked for a while gives its memory back.
    private void Sweep()
    {
        lock (_lock)
        {
            var all = _idle.Reverse().ToList();
            _idle.Clear();
            foreach (var idle in all)
                if (time.GetElapsedTime(idle.Since) < Rest)
                    _idle.Push(idle);
                else
                    idle.Process.Dispose();
        }
    }
}
