using HpoService.Distributed;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Parallel;

/// <summary>What all teams of several processes have in common.</summary>
internal abstract class Ranks(ProcessGroup group, SettingValues settings) : Team
{
    private readonly bool _drops = settings[NetworkSettings.Dropout] > 0;
    private long _seed, _draws;

    public override bool Leads => Group.Rank == 0;

    protected ProcessGroup Group => group;

    public override IReadOnlyList<ParameterGroup> Begin(Network network, IReadOnlyList<ParameterGroup> groups, long seed)
    {
        (_seed, _draws) = (seed, 0);
        foreach (var tensor in network.Tensors())
            group.Broadcast(tensor.Handle, 0);
        return groups;
    }

    public override double Told(double value)
    {
        using var told = torch.full([1], value, torch.float64);
        group.Broadcast(told.Handle, 0);
        return told.ToDouble();
    }

    // A connection that is closed with something unread in it may lose what the other end has not read yet.
    public override void Leave()
    {
        try
        {
            Sum(0);
        }
        catch (ProcessGroupException)
        {
            // Some have left already: all there was to say has been said.
        }
    }

    // Without dropout all draws are of the data, and the generators never part: the same draws as in one process.
    public override void DrawTogether() => Draw(0);

    public override void DrawApart() => Draw(1 + group.Rank);

    public override void Dispose() => group.Dispose();

    /// <summary>The sum of all processes' values.</summary>
    protected double Sum(double value)
    {
        using var sum = torch.full([1], value, torch.float64);
        group.AllReduce(sum.Handle);
        return sum.ToDouble();
    }

    private void Draw(int who)
    {
        if (_drops)
            torch.manual_seed(unchecked((_seed * 1_000_003 + ++_draws) * 31 + who) & long.MaxValue);
    }
}

/// <summary>Tensors of a group.</summary>
internal static class GroupTensors
{
    /// <summary>A tensor of floats of a known shape that another process sends.</summary>
    public static torch.Tensor Receive(this ProcessGroup group, long[] shape, int from, int tag)
    {
        var tensor = torch.zeros(shape);
        group.Receive(tensor.Handle, from, tag);
        return tensor;
    }
}
