using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Goals;
using HpoService.Training.Loop;
using HpoService.Training.Models;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Bench;

/// <summary>Steps a second of the training loop itself, beside the same networks and data in Python's torch (benchmarks/peers/torch_steps.py).</summary>
public static class TrainingBench
{
    private const int BatchSize = 64; // of all tasks
    private static readonly (string Name, string Model, string Settings)[] Tasks =
    [
        ("mlp", "mlp", """{"widths": "128,64", "batchSize": 64}"""),
        ("cnn", "cnn", """{"channels": 16, "blocks": 2, "batchSize": 64}"""),
        ("lstm", "rnn", """{"cell": "lstm", "hidden": 64, "batchSize": 64}"""),
        ("transformer", "transformer", """{"modelWidth": 64, "encoderLayers": 2, "heads": 4, "patch": 2, "batchSize": 64}"""),
    ];

    /// <summary>The names of what is measured.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Tasks.Select(t => t.Name)];

    /// <summary>Measures in turn, so that a busy machine slows both alike, and writes the medians.</summary>
    /// <param name="names">Some of <see cref="Names"/>.</param>
    /// <param name="runs">Runs of each.</param>
    /// <param name="seconds">Of a run.</param>
    /// <param name="python">A Python with torch and the peer's script; null = no comparison.</param>
    /// <param name="output">Takes a Markdown table.</param>
    /// <param name="cancellationToken">Cancels between runs.</param>
    public static void Measure(IReadOnlyList<string> names, int runs, double seconds, IReadOnlyList<string>? python, TextWriter output, CancellationToken cancellationToken)
    {
        Threads.One();
        output.WriteLine("| network | steps/s | Python's torch | ratio | bytes allocated a step | making the batch, of a step |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var name in names)
        {
            var (own, peer) = (new List<Speed>(), new List<double>());
            for (var run = 0; run < runs; run++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                own.Add(Run(name, seconds));
                if (python is not null)
                    peer.Add(Peer(python, name, seconds));
            }

            var steps = Median(own.Select(s => s.Steps));
            var other = peer.Count > 0 ? Median(peer) : double.NaN;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {steps:0} | {other:0} | {steps / other:0.00} | {Median(own.Select(s => s.Bytes)):0} | {Median(own.Select(s => s.DataShare)):0.0 %} |"));
        }
    }

    /// <summary>Trains for many steps and writes the memory that the process holds on the way: it must not grow.</summary>
    /// <param name="names">Some of <see cref="Names"/>.</param>
    /// <param name="steps">How many.</param>
    /// <param name="output">Takes a Markdown table.</param>
    /// <param name="cancellationToken">Cancels between epochs.</param>
    public static void MeasureMemory(IReadOnlyList<string> names, int steps, TextWriter output, CancellationToken cancellationToken)
    {
        Threads.One();
        output.WriteLine("| network | steps | MiB after a tenth | MiB at the end | growth in bytes a step |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var name in names)
        {
            var tenth = 0L;
            Train(name, (_, done) =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (tenth == 0 && done >= steps / 10)
                    tenth = Resident();
                return done < steps;
            });
            var end = Resident();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {steps} | {tenth / 1048576.0:0.0} | {end / 1048576.0:0.0} | {(end - tenth) / (0.9 * steps):0} |"));
        }
    }

    // What the process holds, native memory included, without what the collector only has not looked at yet.
    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>How fast training goes.</summary>
    /// <param name="Steps">A second.</param>
    /// <param name="Bytes">Of managed memory that a step allocates.</param>
    /// <param name="DataShare">The part of a step's time in which its batch is made, 0 to 1.</param>
    public readonly record struct Speed(double Steps, double Bytes, double DataShare);

    /// <summary>Trains on the digits for a time, after a warm-up.</summary>
    public static Speed Run(string name, double seconds)
    {
        var (start, allocated, before, speed) = (0L, 0L, 0, default(Speed));
        Train(name, (batches, done) =>
        {
            if (start == 0)
                (start, allocated, before) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread(), done);
            else if (Stopwatch.GetElapsedTime(start).TotalSeconds is var passed && passed >= seconds)
            {
                double steps = done - before;
                speed = new Speed(steps / passed, (GC.GetAllocatedBytesForCurrentThread() - allocated) / steps, BatchSeconds(batches) * steps / passed);
                return false;
            }

            return true;
        });
        return speed;
    }

    // Gathering a shuffled epoch's batches, many times over.
    private static double BatchSeconds(Batches batches)
    {
        const int Epochs = 50;
        using var order = torch.randperm(batches.Count);
        var (made, start) = (0, Stopwatch.GetTimestamp());
        for (var epoch = 0; epoch < Epochs; epoch++)
            for (var first = 0; first < batches.Count; first += BatchSize, made++)
            {
                using var scope = torch.NewDisposeScope();
                var count = Math.Min(BatchSize, batches.Count - first);
                batches.At(order.narrow(0, first, count), count);
            }

        return Stopwatch.GetElapsedTime(start).TotalSeconds / made;
    }

    // Three epochs to warm up, then one after another while they are wanted; goesOn is told how many steps are done.
    private static void Train(string name, Func<Batches, int, bool> goesOn)
    {
        var task = Tasks.First(t => t.Name == name);
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var model = ModelRegistry.Models.First(m => m.Name == task.Model);
        var request = new TrainingRequest(task.Model, "digits", JsonDocument.Parse(task.Settings).RootElement, new ParameterValues(new Dictionary<string, ParameterValue>()), 1);
        var settings = SettingValues.Of(request, ModelRegistry.SettingsOf(model), ModelRegistry.RulesOf(model));
        var data = DataSetCatalog.Prepare(DataSetCatalog.Get("digits", null), new DataOptions());
        using var network = model.Build(data.Shape, settings);
        var goal = Goal.Of(data, settings);
        using var batches = new Batches(data.Train, data.Shape, goal);
        var parameters = network.parameters().ToArray();
        using var stepper = OptimizerRegistry.Create([new ParameterGroup(parameters)], settings);
        var epoch = new Epoch(network, goal, batches, stepper, new FunctionSchedule(_ => 1), null, null, parameters, settings, 1, new Alone());
        var perEpoch = (batches.Count + BatchSize - 1) / BatchSize;
        for (var i = 0; i < 3; i++)
            epoch.Run(CancellationToken.None);
        for (var done = 0; goesOn(batches, done); done += perEpoch)
            epoch.Run(CancellationToken.None);
    }

    private static double Peer(IReadOnlyList<string> python, string name, double seconds)
    {
        var start = new ProcessStartInfo(python[0]) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in python.Skip(1).Append(name).Append(seconds.ToString(CultureInfo.InvariantCulture)))
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? double.Parse(line, CultureInfo.InvariantCulture)
            : throw new InvalidSettingsException("/python", $"python must have torch, but {string.Join(' ', python)} ended with {process.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
