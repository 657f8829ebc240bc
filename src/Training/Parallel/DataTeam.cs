using HpoService.Distributed;
using HpoService.Training.Loop;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Parallel;

/// <summary>Each process has the whole network and a part of each batch; gradients are averaged while backward goes on.</summary>
internal sealed class DataTeam(ProcessGroup group, SettingValues settings, double bucketMegabytes) : Ranks(group, settings)
{
    private readonly Shared _shared = new(group);
    private GradientReducer? _reducer;

    public override IReadOnlyList<ParameterGroup> Begin(Network network, IReadOnlyList<ParameterGroup> groups, long seed)
    {
        base.Begin(network, groups, seed);
        foreach (var norm in network.modules().OfType<BatchNorm>())
            norm.Shared = _shared;
        _reducer?.Dispose();
        _reducer = Group.Reduce(groups.SelectMany(g => g.Parameters).Select(p => p.Handle), bucketMegabytes);
        return groups;
    }

    public override double Backward(Network network, IReadOnlyList<LossPart> parts)
    {
        var total = 0.0;
        for (var i = 0; i < parts.Count; i++)
        {
            using var scope = torch.NewDisposeScope();
            var (start, count) = Share(parts[i].Batch.Count, Group.Rank);
            // In a batch of fewer samples than processes some have none: they look at the first one, which counts for nothing.
            _shared.Counts = count > 0;
            var mine = count > 0 ? parts[i].Slice(start, count) : parts[i].Slice(0, 1) with { Weight = 0, OtherWeight = 0 };
            var loss = mine.Of(network.call(mine.Batch.X, mine.Batch.Lengths));
            if (i == parts.Count - 1)
                _reducer!.Arm();
            (loss * Group.Size).backward(); // the parts' gradients are to be added, but are averaged
            total += loss.ToDouble();
        }

        return Sum(total);
    }

    public override torch.Tensor? Outputs(Network network, Batch batch)
    {
        var (start, count) = Share(batch.Count, Group.Rank);
        if (count == 0)
            return null;
        var mine = batch.Slice(start, count);
        var outputs = network.call(mine.X, mine.Lengths);
        if (!Leads)
        {
            Group.Send(outputs.Handle, 0, 0).Wait();
            return null;
        }

        var all = new List<torch.Tensor> { outputs };
        for (var rank = 1; rank < Group.Size; rank++)
            if (Share(batch.Count, rank).Count is > 0 and var n)
                all.Add(Group.Receive([n, .. outputs.shape[1..]], rank, 0));
        return torch.cat(all);
    }

    public override void Dispose()
    {
        _reducer?.Dispose();
        base.Dispose();
    }

    // As even as can be; the first ones have the larger parts.
    private (int Start, int Count) Share(int count, int rank)
    {
        var start = Start(rank);
        return (start, Start(rank + 1) - start);

        int Start(int r) => (int)(((long)count * r + Group.Size - 1) / Group.Size);
    }

    /// <summary>What is normalised over the processes' parts of a batch.</summary>
    private sealed class Shared(ProcessGroup group) : ISharedBatch
    {
        /// <summary>Whether this process' part counts.</summary>
        public bool Counts { get; set; } = true;

        public torch.Tensor Normalize(torch.Tensor x, torch.Tensor weight, torch.Tensor bias, torch.Tensor mean, torch.Tensor variance, double momentum, double epsilon) =>
            torch.Tensor.UnsafeCreateTensor(group.Normalize(x.Handle, weight.Handle, bias.Handle, mean.Handle, variance.Handle, Counts, momentum, epsilon));
    }
}
