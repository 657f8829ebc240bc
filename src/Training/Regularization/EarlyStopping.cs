using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Regularization;

/// <summary>Ends a training whose validation loss no longer falls, and brings back the weights and values of the best epoch.</summary>
internal sealed class EarlyStopping(torch.nn.Module network, int patience) : IDisposable
{
    public static readonly IntSetting Patience = new(
        "patience", "Training ends after so many epochs without a lower validation loss, and the best epoch's weights and values count; 0 = off.", 0, 0, 10_000);

    private readonly Snapshot _best = new(network);
    private double _lowest = double.PositiveInfinity;
    private int _bad;

    /// <summary>The values of the best epoch.</summary>
    public Dictionary<string, double> Values { get; private set; } = [];

    /// <summary>Takes an epoch's values while the network has the weights that they were measured with; true = stop.</summary>
    public bool Observe(Dictionary<string, double> values)
    {
        if (values["loss"] < _lowest)
        {
            (_lowest, _bad, Values) = (values["loss"], 0, values);
            _best.Take();
            return false;
        }

        return ++_bad >= patience;
    }

    /// <summary>Brings back the best weights.</summary>
    public void Restore() => _best.Restore();

    public void Dispose() => _best.Dispose();
}
