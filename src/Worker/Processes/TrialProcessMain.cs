using System.Threading.Channels;
using HpoService.Search;
using HpoService.Training;
using HpoService.Training.Models;

namespace HpoService.Worker.Processes;

/// <summary>The inside of a training process: does what it reads from its input, one after another, until the input ends.</summary>
public static class TrialProcessMain
{
    /// <summary>Serves until the input ends, which is also what happens when the worker dies: nothing is left behind.</summary>
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        var requests = Channel.CreateUnbounded<Command>();
        var stop = false;
        var reading = Task.Run(async () =>
        {
            while (await input.ReadLineAsync() is { } line)
            {
                Command command;
                try
                {
                    command = Pipe.Read<Command>(line);
                }
                catch (System.Text.Json.JsonException e)
                {
                    await Console.Error.WriteLineAsync($"a command must be JSON, but got: {e.Message}");
                    Environment.Exit(2); // who waits for an answer must not wait for ever
                    return;
                }

                Volatile.Write(ref stop, command.Stop);
                if (!command.Stop)
                    requests.Writer.TryWrite(command);
            }

            Environment.Exit(0); // the worker is gone: also in the middle of training
        });
        await foreach (var request in requests.Reader.ReadAllAsync())
        {
            Send(request switch
            {
                { Add: { } addition } => DataSetReading.Add(addition),
                { Predict: { } prediction } => ModelUse.Predict(prediction),
                { Train: { } training } => Train(training, measurement =>
                {
                    Send(new Message(Measurement: measurement));
                    return !Volatile.Read(ref stop);
                }),
                _ => new Message(Failed: "a command must say what to do"),
            });
        }

        await reading;
        return 0;

        void Send(Message message)
        {
            output.WriteLine(Pipe.Write(message));
            output.Flush();
        }
    }

    private static Message Train(TrainingRequest request, Func<HpoService.Search.Studies.Measurement, bool> report)
    {
        try
        {
            Threads.One();
            return ModelRegistry.Train(request, report, CancellationToken.None) switch
            {
                TrainingOutcome.Completed(var values) => new Message(Completed: values),
                TrainingOutcome.Infeasible(var reason) => new Message(Infeasible: reason),
                _ => new Message(Stopped: true),
            };
        }
        catch (HpoException e)
        {
            return new Message(Infeasible: e.Message); // these values never work: no retry
        }
        catch (TimeoutException e)
        {
            return new Message(Failed: e.Message, HasWaited: true);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Message(Failed: e.Message);
        }
    }
}
