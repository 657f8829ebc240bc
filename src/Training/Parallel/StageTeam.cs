using HpoService.Distributed;
using HpoService.Training.Loop;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Regularization;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Parallel;

/// <summary>Each process has some of the network's layers, one after another: what one gives, the next one takes. With several micro-batches they
/// all have something to do at once (PipeDream-flush, Narayanan et al., arXiv 2006.09503: one forward, one backward).</summary>
internal sealed class StageTeam(ProcessGroup group, SettingValues settings, int microBatches) : Ranks(group, settings)
{
    private Stage? _stage;

    private bool IsLast => Group.Rank == Group.Size - 1;

    public override IReadOnlyList<ParameterGroup> Begin(Network network, IReadOnlyList<ParameterGroup> groups, long seed)
    {
        var layers = network.Layers;
        if (layers.Count < Group.Size)
            throw new InvalidSettingsException(
                "/parallelism/processes", $"parallelism.processes must be at most the network's layers, {layers.Count}, with kind model or pipeline, but got {Group.Size}.");
        base.Begin(network, groups, seed);
        _stage = new Stage(Group, [.. Layers(network, Group.Rank)]);
        var own = Layers(network, Group.Rank).SelectMany(l => l.Tensors).ToHashSet<object>(ReferenceEqualityComparer.Instance);
        return [.. groups.Select(g => g with { Parameters = [.. g.Parameters.Where(own.Contains)] })];
    }

    public override double Backward(Network network, IReadOnlyList<LossPart> parts)
    {
        var micro = parts.SelectMany(Cut).ToArray();
        var (total, next) = (0.0, 0);
        var ahead = Math.Min(micro.Length, Group.Size - 1 - Group.Rank); // forwards before the first backward
        for (var i = 0; i < micro.Length; i++)
        {
            total += Forward(i, micro[i]);
            if (i >= ahead)
                _stage!.Backward(next++);
        }

        while (next < micro.Length)
            _stage!.Backward(next++);
        _stage!.Flush();
        return Sum(total);
    }

    public override double Together(double value) => Sum(value);

    public override void Clip(IReadOnlyList<Parameter> parameters, SettingValues settings)
    {
        if (settings[GradientClipping.Value] > 0)
            torch.nn.utils.clip_grad_value_(parameters, settings[GradientClipping.Value]);
        if (settings[GradientClipping.Norm] is not (> 0 and var most))
            return;
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        torch.Tensor[] gradients = [.. parameters.Select(p => p.grad).OfType<torch.Tensor>()];
        var factor = most / (Math.Sqrt(Sum(gradients.Sum(g => Math.Pow(g.norm().ToDouble(), 2)))) + 1e-6);
        foreach (var gradient in factor < 1 ? gradients : [])
            gradient.mul_(factor);
    }

    public override torch.Tensor? Outputs(Network network, Batch batch)
    {
        var outputs = _stage!.Pass(batch.X, batch.Lengths, batch.Count);
        if (IsLast)
            _stage.Answer(outputs);
        return Leads ? _stage.Answered(batch.Count) : null;
    }

    public override void End(Network network)
    {
        for (var rank = 0; rank < Group.Size; rank++)
            foreach (var tensor in Layers(network, rank).SelectMany(l => l.Tensors))
                Group.Broadcast(tensor.Handle, rank);
    }

    private double Forward(int i, LossPart part)
    {
        torch.Tensor? loss = null;
        _stage!.Forward(i, part.Batch, outputs => IsLast ? loss = part.Of(outputs) : outputs);
        return loss?.ToDouble() ?? 0;
    }

    private IEnumerable<LossPart> Cut(LossPart part)
    {
        var (n, parts) = (part.Batch.Count, Math.Min(microBatches, part.Batch.Count));
        return Enumerable.Range(0, parts).Select(i => (Start: (int)((long)n * i / parts), End: (int)((long)n * (i + 1) / parts))).Select(s => part.Slice(s.Start, s.End - s.Start));
    }

    // As even as can be, in order.
    private IEnumerable<Layer> Layers(Network network, int rank) =>
        network.Layers.Where((_, i) => i >= network.Layers.Count * rank / Group.Size && i < network.Layers.Count * (rank + 1) / Group.Size);
}
