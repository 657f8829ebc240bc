using HpoService.Training.Augmentation;
using HpoService.Training.Goals;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Regularization;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Loop;

/// <summary>One pass over the training part after another.</summary>
internal sealed class Epoch(
    Network network, Goal goal, Batches data, Stepper stepper, Schedule schedule, WeightAverage? average, Augmenter? augmenter, IReadOnlyList<Parameter> parameters,
    SettingValues settings, long seed, Team team)
{
    private readonly BatchLoss _loss = new(network, goal, parameters, settings, team);
    private readonly Mixup? _mixup = settings[Mixup.Alpha] > 0 ? new Mixup(settings[Mixup.Alpha], seed) : null;
    private readonly int _batchSize = settings[LoopSettings.BatchSize], _accumulation = settings[LoopSettings.Accumulation];
    private readonly double _rate = settings[CommonSettings.LearningRate];
    private int _step;

    /// <summary>Trains on every sample once; the mean loss, or what is not finite.</summary>
    public double Run(CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        network.train();
        foreach (var (_, part) in network.named_children())
            if (part.parameters().Any() && part.parameters().All(p => !p.requires_grad))
                part.eval(); // frozen: its batch normalisation and dropout stay as they are too
        team.DrawTogether();
        var order = torch.randperm(data.Count);
        var total = 0.0;
        for (var start = 0; start < data.Count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var step = torch.NewDisposeScope();
            var first = start;
            team.DrawTogether();
            for (; _loss.Batches < _accumulation && start < data.Count; start += _batchSize)
                Add(order, start);
            team.DrawApart();
            stepper.LearningRate = _rate * schedule.Factor(_step++);
            var value = stepper.Step(_loss);
            _loss.Clear();
            if (!double.IsFinite(value))
                return value;
            average?.Update();
            total += value * (Math.Min(start, data.Count) - first);
        }

        return total / data.Count;
    }

    private void Add(torch.Tensor order, int start)
    {
        var size = Math.Min(_batchSize, data.Count - start);
        var batch = data.At(order.narrow(0, start, size), size);
        if (augmenter is not null)
            batch = batch with { X = augmenter.Apply(batch.X) };
        if (_mixup is null)
        {
            _loss.Add(batch);
            return;
        }

        var (x, partner, part) = _mixup.Blend(batch.X);
        _loss.Add(batch with { X = x }, partner, part);
    }
}
