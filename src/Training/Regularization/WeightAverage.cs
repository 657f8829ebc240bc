using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Regularization;

/// <summary>An exponential moving average of the weights (Polyak and Juditsky, 1992), which is judged and kept in their place.</summary>
internal sealed class WeightAverage(torch.nn.Module network, double decay) : IDisposable
{
    public static readonly NumberSetting Decay = new("ema", "Decay of a moving average of the weights that is judged and kept in their place, such as 0.99; 0 = off.", 0, 0, 1, IsHighOpen: true);

    private readonly Snapshot _average = new(network), _current = new(network);
    private int _steps;

    /// <summary>After each step; the decay rises from (1 + steps)/(10 + steps), so that the start is forgotten soon.</summary>
    public void Update()
    {
        _steps++;
        _average.Average(Math.Min(decay, (1.0 + _steps) / (10 + _steps)));
    }

    /// <summary>The network has the averaged weights until this is disposed of.</summary>
    public IDisposable Use()
    {
        _current.Take();
        _average.Restore();
        return new Back(_current);
    }

    /// <summary>The network has the averaged weights from now on.</summary>
    public void Keep() => _average.Restore();

    public void Dispose()
    {
        _average.Dispose();
        _current.Dispose();
    }

    private sealed class Back(Snapshot current) : IDisposable
    {
        public void Dispose() => current.Restore();
    }
}
