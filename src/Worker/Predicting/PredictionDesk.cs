using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Storage;
using HpoService.Worker.DataSets;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

namespace HpoService.Worker.Predicting;

/// <summary>Models in warm processes, which keep the last ones that they have read; one that answers too late is killed.</summary>
internal sealed class PredictionDesk(DeskOptions options, TimeProvider time, ILogger<PredictionDesk> logger) : IPredictionDesk, IDisposable
{
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim _turns = new(2, 2);
    private readonly Lock _lock = new();
    private readonly Stack<(TrialProcess Process, long Since)> _idle = [];
    private ITimer? _sweep;

    public async Task<Predictions> PredictAsync(string folder, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            return await AskAsync(folder, rows, mostSeconds, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    private async Task<Predictions> AskAsync(string folder, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken)
    {
        var (process, isIdle) = (Rent(), false);
        try
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            deadline.CancelAfter(TimeSpan.FromSeconds(mostSeconds));
            var message = await process.AskAsync(new Command(Predict: new PredictionRequest(folder, rows)), _ => Task.CompletedTask, deadline.Token);
            isIdle = message.Failed is null;
            if (message.Failed is { } failure)
                logger.LogError("The use of the model in {Folder} broke: {Failure}", folder, failure);
            return message.Predicted ?? throw (message.Refused switch
            {
                { Kind: Refusal.Rows, Pointer: var pointer, Text: var text } => new InvalidValuesException(pointer, text),
                { } refusal => new UnavailableException(refusal.Text),
                null => new UnavailableException("a model must answer, but got a process that broke."),
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnavailableException($"a model must answer within {mostSeconds} seconds, but got no answer.");
        }
        finally
        {
            Return(process, isIdle);
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

        return options.Start(null, logger);
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
