using System.Diagnostics;
using HpoService.Search.Studies;
using HpoService.Training;

namespace HpoService.Worker.Processes;

/// <summary>A training process, seen from the worker: kept warm and reused, as loading libtorch takes a third of a second.</summary>
internal sealed class TrialProcess : IDisposable
{
    private readonly Process _process;

    public TrialProcess(IReadOnlyList<string> command)
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
        _process = Process.Start(start)!;
    }

    public int Id => _process.Id;

    public bool IsAlive => !_process.HasExited;

    /// <summary>Trains; the last message is neither null nor a measurement. A process that dies gives a failed message.</summary>
    public async Task<Message> TrainAsync(TrainingRequest request, Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        try
        {
            Send(new Command(Train: request));
            while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                var message = Pipe.Read<Message>(line);
                if (message.Measurement is null)
                    return message;
                await report(message.Measurement);
            }
        }
        catch (IOException)
        {
            // The pipe broke: the process is gone.
        }

        await _process.WaitForExitAsync(cancellationToken);
        return new Message(Failed: $"the training process died with exit code {_process.ExitCode}");
    }

    /// <summary>Asks what is being trained to stop at its next measurement.</summary>
    public void Stop()
    {
        try
        {
            Send(new Command(Stop: true));
        }
        catch (IOException)
        {
            // Gone already: TrainAsync says so.
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
        _process.StandardInput.WriteLine(Pipe.Write(command));
        _process.StandardInput.Flush();
    }
}
