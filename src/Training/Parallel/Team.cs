using HpoService.Distributed;
using HpoService.Training.Loop;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Regularization;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Parallel;

/// <summary>The processes that train one network, seen from one of them. All of them run the same loop over the same data set.</summary>
internal abstract class Team : IDisposable
{
    /// <summary>Whether this process measures, reports and writes: one of them does.</summary>
    public virtual bool Leads => true;

    /// <summary>The team that the settings ask for.</summary>
    public static Team Of(SettingValues settings, Place? place)
    {
        var how = settings[ParallelismSetting.Setting];
        if (how.Kind == "none")
            return new Alone();
        if (place?.Processes != how.Processes)
            throw new InvalidOperationException($"a training in {how.Processes} processes must be started in as many, but got {place?.Processes ?? 1}.");
        var group = new ProcessGroup(place.Meeting, place.Rank, place.Processes, how.Start, how.Timeout);
        return how.Kind == "data" ? new DataTeam(group, settings, how.BucketMegabytes ?? 4) : new StageTeam(group, settings, how.Kind == "model" ? 1 : how.MicroBatches ?? 2 * how.Processes);
    }

    /// <summary>Gives all of them the leader's weights.</summary>
    /// <returns>What this process is to train.</returns>
    public virtual IReadOnlyList<ParameterGroup> Begin(Network network, IReadOnlyList<ParameterGroup> groups, long seed) => groups;

    /// <summary>Adds the gradients of a step's parts to the parameters'; the step's loss. On all of them the same.</summary>
    public abstract double Backward(Network network, IReadOnlyList<LossPart> parts);

    /// <summary>What each has of something, added up, where each has another part of the parameters.</summary>
    public virtual double Together(double value) => value;

    /// <summary>Limits gradients.</summary>
    public virtual void Clip(IReadOnlyList<Parameter> parameters, SettingValues settings) => GradientClipping.Apply(parameters, settings);

    /// <summary>The outputs of a batch that is not trained on; null for those that do not lead.</summary>
    public abstract torch.Tensor? Outputs(Network network, Batch batch);

    /// <summary>What the leader says.</summary>
    public virtual double Told(double value) => value;

    /// <summary>What is drawn from torch's generator from now on is the same in all of them.</summary>
    public virtual void DrawTogether()
    {
    }

    /// <summary>What is drawn from torch's generator from now on is another thing in each: which units are dropped.</summary>
    public virtual void DrawApart()
    {
    }

    /// <summary>Gives the leader all that was trained.</summary>
    public virtual void End(Network network)
    {
    }

    /// <summary>After the last training: waits until nobody needs this process any more.</summary>
    public virtual void Leave()
    {
    }

    public abstract void Dispose();
}

/// <summary>One process.</summary>
internal sealed class Alone : Team
{
    public override double Backward(Network network, IReadOnlyList<LossPart> parts)
    {
        var total = 0.0;
        for (var i = 0; i < parts.Count; i++)
        {
            using var scope = torch.NewDisposeScope();
            var loss = parts[i].Of(network.call(parts[i].Batch.X, parts[i].Batch.Lengths));
            total += loss.ToDouble();
            if (!double.IsFinite(total))
                return total;
            loss.backward();
        }

        return total;
    }

    public override torch.Tensor Outputs(Network network, Batch batch) => network.call(batch.X, batch.Lengths);

    public override void Dispose()
    {
    }
}
