using HpoService.Training.Goals;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Regularization;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Loop;

/// <summary>The loss of the batches of one step.</summary>
internal sealed class BatchLoss(Network network, Goal goal, IReadOnlyList<Parameter> parameters, SettingValues settings) : IBatchLoss
{
    private readonly Penalty _penalty = new(parameters, settings[Penalty.L1], settings[Penalty.L2]);
    private readonly List<(Batch Batch, torch.Tensor? Partner, double Part)> _batches = [];
    private int _count;

    /// <summary>Takes one more batch; of a blended one also which sample is the other half, and the part of the first.</summary>
    public void Add(Batch batch, torch.Tensor? partner = null, double part = 1)
    {
        _batches.Add((batch, partner, part));
        _count += batch.Count;
    }

    /// <summary>Forgets the batches.</summary>
    public void Clear()
    {
        _batches.Clear();
        _count = 0;
    }

    /// <summary>How many batches it has.</summary>
    public int Batches => _batches.Count;

    public double Backward()
    {
        var total = 0.0;
        foreach (var entry in _batches)
        {
            using var scope = torch.NewDisposeScope();
            var loss = Of(entry);
            var value = loss.item<double>();
            total += value;
            if (!double.IsFinite(total))
                return total;
            loss.backward();
        }

        total += _penalty.Backward();
        GradientClipping.Apply(parameters, settings);
        return total;
    }

    public torch.Tensor Graph()
    {
        var total = Of(_batches[0]);
        foreach (var entry in _batches.Skip(1))
            total = total + Of(entry);
        return _penalty.IsOff ? total : total + _penalty.Graph();
    }

    private torch.Tensor Of((Batch Batch, torch.Tensor? Partner, double Part) entry)
    {
        var (batch, partner, part) = entry;
        var outputs = network.call(batch.X, batch.Lengths);
        var loss = goal.Loss(outputs, batch.Y);
        if (partner is not null)
            loss = loss * part + goal.Loss(outputs, batch.Y.index_select(0, partner)) * (1 - part);
        return batch.Count == _count ? loss : loss * ((double)batch.Count / _count);
    }
}
