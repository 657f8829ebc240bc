using System.Diagnostics;
using HpoService.Search.Studies;
using HpoService.Training.Augmentation;
using HpoService.Training.DataSets;
using HpoService.Training.Goals;
using HpoService.Training.Metrics;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Regularization;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Loop;

/// <summary>Trains a network batch by batch and measures it after each epoch; every kind of data, goal and optimizer takes this one way.</summary>
internal sealed class TrainingLoop(Network network, IReadOnlyList<ParameterGroup> groups, DataSet data, SettingValues settings, long seed, Team team)
{
    private readonly Goal _goal = Goal.Of(data, settings);
    private readonly int _batchSize = settings[LoopSettings.BatchSize], _epochs = settings[LoopSettings.Epochs];

    /// <summary>What was measured after each epoch.</summary>
    public List<Measurement> Curves { get; } = [];

    /// <summary>The epoch whose weights the network has in the end.</summary>
    public int BestEpoch { get; private set; }

    /// <summary>Of the test part, or of the validation part where there is none; null without classes, and with more than 100 of them.</summary>
    public int[][]? Confusion { get; private set; }

    /// <summary>Trains; a loss that is not finite ends it at the batch where it appears.</summary>
    public TrainingOutcome Train(Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var own = team.Begin(network, groups, seed);
        using var training = new Batches(data.Train, data.Shape, _goal);
        using var validation = new Batches(data.Validation, data.Shape, _goal);
        using var stepper = OptimizerRegistry.Create(own, settings);
        var length = new TrainingLength(Ceiling(Ceiling(training.Count, _batchSize), settings[LoopSettings.Accumulation]), _epochs);
        var schedule = ScheduleRegistry.Create(settings, length);
        using var average = settings[WeightAverage.Decay] > 0 ? new WeightAverage(network, settings[WeightAverage.Decay]) : null;
        var watched = Watched();
        using var stopping = settings[EarlyStopping.Patience] > 0 && settings[DataSettings.TrainOn] != "all" ? new EarlyStopping(network, settings[EarlyStopping.Patience], watched) : null;
        var epoch = new Epoch(network, _goal, training, stepper, schedule, average, Augmenter.Of(data.Shape, settings, seed), [.. own.SelectMany(g => g.Parameters)], settings, seed, team);
        var values = new Dictionary<string, double>();
        var seconds = 0.0;
        var last = settings[LoopSettings.StopAfter] > 0 ? Math.Min(_epochs, settings[LoopSettings.StopAfter]) : _epochs;
        for (var number = 1; number <= last; number++)
        {
            var start = Stopwatch.GetTimestamp();
            var trainLoss = epoch.Run(cancellationToken);
            seconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            using var averaged = average?.Use();
            values = Evaluate(validation, team)?.Metrics() ?? [];
            values["loss"] = team.Told(values.GetValueOrDefault("loss")); // what all of them go by
            if (watched != "loss")
                values[watched] = team.Told(values.GetValueOrDefault(watched));
            if (!double.IsFinite(trainLoss) || !double.IsFinite(values["loss"]))
                return new TrainingOutcome.Infeasible($"the loss diverged in epoch {number}: training {trainLoss}, validation {values["loss"]}.");
            (values["trainLoss"], values["trainSeconds"]) = (trainLoss, seconds);
            schedule.Observe(values["loss"]);
            var isOver = stopping?.Observe(values) == true;
            BestEpoch = stopping is null || ReferenceEquals(stopping.Values, values) ? number : BestEpoch;
            Curves.Add(new Measurement(number, values));
            if (team.Told(team.Leads && report(Curves[^1]) ? 1 : 0) == 0)
                return new TrainingOutcome.Stopped();
            if (isOver)
                break;
        }

        average?.Keep();
        stopping?.Restore();
        team.End(network);
        if (!team.Leads)
            return new TrainingOutcome.Completed(new Dictionary<string, double>());
        return new TrainingOutcome.Completed(Final(stopping?.Values ?? values, seconds));
    }

    private string Watched()
    {
        var (metric, goals) = (settings[EarlyStopping.Metric], MetricRegistry.Metrics.First(m => m.Name == settings[EarlyStopping.Metric]).Goals);
        return goals.Contains(data.Shape.Goal) ? metric
            : throw new InvalidSettingsException("/patienceMetric", $"patienceMetric must be a metric of the goal, {data.Shape.Goal}, but got {metric}.");
    }

    private Dictionary<string, double> Final(Dictionary<string, double> values, double seconds)
    {
        var final = new Dictionary<string, double>(values)
        {
            ["trainSeconds"] = seconds,
            ["parameterCount"] = network.parameters().Sum(p => p.NumberOfElements),
        };
        using (var one = new Batches(data.Validation, data.Shape, _goal))
            final["latencyMs"] = Latency(one);
        using var held = new Batches(data.Test.Count > 0 ? data.Test : data.Validation, data.Shape, _goal);
        using var alone = new Alone();
        var evaluation = Evaluate(held, alone)!;
        Confusion = data.Shape.Outputs <= 100 ? evaluation.Confusion() : null;
        if (data.Test.Count > 0)
            foreach (var (name, value) in evaluation.Metrics())
                final[$"test{char.ToUpperInvariant(name[0])}{name[1..]}"] = value;

        return final;
    }

    private Evaluation? Evaluate(Batches part, Team by)
    {
        using var frozen = torch.no_grad();
        network.eval();
        var evaluation = _goal.Evaluate();
        var size = Math.Max(_batchSize, 500);
        for (var start = 0; start < part.Count; start += size)
        {
            using var scope = torch.NewDisposeScope();
            var batch = part.From(start, Math.Min(size, part.Count - start));
            if (by.Outputs(network, batch) is { } outputs)
                evaluation.Add(outputs, batch.Y);
        }

        return by.Leads ? evaluation : null;
    }

    // The median of 15 runs of one sample, after two that warm up.
    private double Latency(Batches part)
    {
        using var frozen = torch.no_grad();
        network.eval();
        var times = new List<double>();
        for (var i = 0; i < 17; i++)
        {
            using var scope = torch.NewDisposeScope();
            var batch = part.From(0, 1);
            var start = Stopwatch.GetTimestamp();
            network.call(batch.X, batch.Lengths);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return times.Skip(2).Order().ElementAt(7);
    }

    private static int Ceiling(int a, int b) => (a + b - 1) / b;
}
