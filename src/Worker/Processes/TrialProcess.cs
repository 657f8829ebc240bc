using System.Diagnostics;
using System.Text.Json;
using HpoService.Search.Studies;
using HpoService.Training;

namespace HpoService.Worker.Processes;

/// <summary>A training process, seen from the worker: kept warm and reused, as loading libtorch takes a third of a second.</summary>
internal sealed class TrialProcess : IDisposable
{
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly Lock _writing = new();

    public TrialProcess(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    public bool IsAlive => !_process.HasExited;

    /// <summary>Trains; the message is never a measurement. A process that dies, or says what is no message, gives a failed one.</summary>
    public Task<Message> TrainAsync(TrainingRequest request, Func<Measurement, Task> report, CancellationToken cancellationToken) =>
        AskAsync(new Command(Train: request), report, cancellationToken);

    /// <summary>Has a command done. As <see cref="TrainAsync"/>.</summary>
    public async Task<Message> AskAsync(Command command, Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        try
        {
            Send(command);
            while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                if (Parse(line) is not { } message)
                    return new Message(Failed: $"a training process must write messages, but got '{Start(line)}'"); // what else it meant is lost
                if (message.Measurement is null)
                    return message;
                await report(message.Measurement);
            }
        }
        catch (IOException)
        {
            // The pipe broke: the process is gone.
        }

        // Its output has ended: it is dead or as good as dead.
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        grace.CancelAfter(ExitGrace);
        try
        {
            await _process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Message(Failed: "the training process closed its output without an answer");
        }

        return new Message(Failed: $"the training process died with exit code {_process.ExitCode}");
    }

    /// <summary>Asks what is being trained to stop at its next measurement.</summary>
    public void Stop()
    {
        try
        {
            Send(new Command(Stop: true));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Gone already, or given back: TrainAsync says so.
        }
    }

    public void Kill()
    {
        if (IsAlive)
            _process.Kill(entireProcessTree: true);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Send(Command command)
    {
        // A stop may come from a report and from a heartbeat at once: lines must not mix.
        lock (_writing)
        {
            _process.StandardInput.WriteLine(Pipe.Write(command));
            _process.StandardInput.Flush();
        }
    }

    private static Message? Parse(string line)
    {
        try
        {
            return Pipe.Read<Message?>(line) is { IsEmpty: false } message ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Start(string line) => line.Length <= 200 ? line : line[..200] + "…";
}
