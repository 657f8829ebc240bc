using HpoService.Training.Goals;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Regularization;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Loop;

/// <summary>The loss of the batches of one step.</summary>
internal sealed class BatchLoss(Network network, Goal goal, IReadOnlyList<Parameter> parameters, SettingValues settings, Team team) : IBatchLoss
{
    private readonly Penalty _penalty = new(parameters, settings[Penalty.L1], settings[Penalty.L2]);
    private readonly List<LossPart> _batches = [];
    private int _count;

    /// <summary>Takes one more batch; of a blended one also which sample is the other half, and the part of the first.</summary>
    public void Add(Batch batch, torch.Tensor? partner = null, double part = 1)
    {
        _batches.Add(new LossPart(goal, batch, part, partner is null ? null : batch.Y.index_select(0, partner), 1 - part));
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
        var total = team.Backward(network, Parts());
        if (!double.IsFinite(total))
            return total;
        if (!_penalty.IsOff)
            total += team.Together(_penalty.Backward());
        team.Clip(parameters, settings);
        return total;
    }

    public torch.Tensor Graph()
    {
        var parts = Parts();
        var total = Of(parts[0]);
        foreach (var part in parts.Skip(1))
            total = total + Of(part);
        return _penalty.IsOff ? total : total + _penalty.Graph();
    }

    private torch.Tensor Of(LossPart part) => part.Of(network.call(part.Batch.X, part.Batch.Lengths));

    // Each batch counts for its part of the samples.
    private List<LossPart> Parts() => _batches.Count == 1 ? _batches : [.. _batches.Select(part =>
    {
        var share = (double)part.Batch.Count / _count;
        return part with { Weight = part.Weight * share, OtherWeight = part.OtherWeight * share };
    })];
}
