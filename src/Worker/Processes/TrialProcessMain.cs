using System.Threading.Channels;
using HpoService.Search;
using HpoService.Training;
using HpoService.Training.Models;
using TorchSharp;

namespace HpoService.Worker.Processes;

/// <summary>The inside of a training process: trains what it reads from its input, one after another, until the input ends.</summary>
public static class TrialProcessMain
{
    /// <summary>Serves until the input ends, which is also what happens when the worker dies: nothing is left behind.</summary>
    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        torch.set_num_threads(1); // one slot, one core; and sums in one order, so that a seed gives one result
        var requests = Channel.CreateUnbounded<TrainingRequest>();
        var stop = false;
        var reading = Task.Run(async () =>
        {
            while (await input.ReadLineAsync() is { } line)
            {
                var command = Pipe.Read<Command>(line);
                Volatile.Write(ref stop, command.Stop);
                if (command.Train is { } request)
                    requests.Writer.TryWrite(request);
            }

            Environment.Exit(0); // the worker is gone: also in the middle of training
        });
        await foreach (var request in requests.Reader.ReadAllAsync())
        {
            var message = Train(request, measurement =>
            {
                Send(new Message(Measurement: measurement));
                return !Volatile.Read(ref stop);
            });
            Send(message);
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
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Message(Failed: e.Message);
        }
    }
}
