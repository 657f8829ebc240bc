using HpoService.Search.Studies;
using HpoService.Training.Metrics;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Regularization;

/// <summary>Ends a training that no longer gets better on the validation part, and brings back the weights and values of the best epoch: of equal ones that of the lowest loss.</summary>
internal sealed class EarlyStopping(torch.nn.Module network, int patience, string metric = "loss") : IDisposable
{
    public static readonly IntSetting Patience = new(
        "patience", "Training ends after so many epochs that were not better than the best one on the validation part, whose weights and values count; 0 = off.", 0, 0, 10_000);

    public static readonly ChoiceSetting Metric = new(
        "patienceMetric", "With patience: the metric of the validation part that says which epoch is better.", "loss", MetricRegistry.Measured);

    private readonly Snapshot _best = new(network);
    private readonly double _sign = MetricRegistry.Metrics.First(m => m.Name == metric).Direction == Direction.Minimize ? 1 : -1;
    private (double Score, double Loss) _lowest = (double.PositiveInfinity, double.PositiveInfinity);
    private int _bad;

    /// <summary>The values of the best epoch.</summary>
    public Dictionary<string, double> Values { get; private set; } = [];

    /// <summary>Takes an epoch's values while the network has the weights that they were measured with; true = stop.</summary>
    public bool Observe(Dictionary<string, double> values)
    {
        var (score, loss) = (_sign * values[metric], values["loss"]);
        if (score < _lowest.Score || (score == _lowest.Score && loss < _lowest.Loss))
        {
            (_lowest, _bad, Values) = ((score, loss), 0, values);
            _best.Take();
            return false;
        }

        return ++_bad >= patience;
    }

    /// <summary>Brings back the best weights.</summary>
    public void Restore() => _best.Restore();

    public void Dispose() => _best.Dispose();
}
