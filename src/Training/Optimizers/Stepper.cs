using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Optimizers;

/// <summary>The loss of the current batch as a function of the parameters.</summary>
internal interface IBatchLoss
{
    /// <summary>Adds its gradients, with penalties and clipping, to the parameters', which the caller has cleared; returns the loss.</summary>
    double Backward();

    /// <summary>The loss with its penalties, to be differentiated by the caller.</summary>
    torch.Tensor Graph();
}

/// <summary>Moves parameters, a batch at a time.</summary>
internal abstract class Stepper : IDisposable
{
    /// <summary>The learning rate of the next step.</summary>
    public abstract double LearningRate { get; set; }

    /// <summary>One step.</summary>
    /// <returns>The loss before it; parameters stay as they are when it is not finite.</returns>
    public abstract double Step(IBatchLoss loss);

    public abstract void Dispose();
}

/// <summary>A first-order method of libtorch's for each group of parameters.</summary>
internal sealed class FirstOrderStepper : Stepper
{
    private readonly IReadOnlyList<(torch.optim.Optimizer Optimizer, ParameterGroup Group)> _parts;
    private readonly double _decoupledDecay;
    private double _learningRate;

    /// <param name="groups">What to move.</param>
    /// <param name="create">An optimizer of one group.</param>
    /// <param name="decoupledDecay">Weights shrink by this times their learning rate before each step.</param>
    public FirstOrderStepper(IEnumerable<ParameterGroup> groups, Func<IReadOnlyList<Parameter>, torch.optim.Optimizer> create, double decoupledDecay = 0)
    {
        _parts = [.. groups.Where(g => g.Parameters.Count > 0).Select(g => (create(g.Parameters), g))];
        _decoupledDecay = decoupledDecay;
    }

    public override double LearningRate
    {
        get => _learningRate;
        set
        {
            if (value == _learningRate)
                return;
            _learningRate = value;
            foreach (var (optimizer, group) in _parts)
            foreach (var part in optimizer.ParamGroups)
                part.LearningRate = value * group.RateFactor;
        }
    }

    public override double Step(IBatchLoss loss)
    {
        foreach (var (optimizer, _) in _parts)
            optimizer.zero_grad();
        var value = loss.Backward();
        if (!double.IsFinite(value))
            return value;
        if (_decoupledDecay > 0)
            Shrink();
        foreach (var (optimizer, _) in _parts)
            optimizer.step();
        return value;
    }

    public override void Dispose()
    {
        foreach (var (optimizer, _) in _parts)
            optimizer.Dispose();
    }

    private void Shrink()
    {
        using var frozen = torch.no_grad();
        foreach (var (_, group) in _parts)
        foreach (var parameter in group.Parameters)
            parameter.mul_(1 - LearningRate * group.RateFactor * _decoupledDecay);
    }
}
