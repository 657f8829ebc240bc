
namespace HpoService.Training.Optimizers;

/// <summary>What second-order methods ask of their settings.</summary>
internal static class SecondOrder
{
    private const string FirstOrder = "optimizer != 'lbfgs' and optimizer != 'newtoncg'";

    /// <summary>What goes with them.</summary>
    public static IReadOnlyList<JointRule> Rules { get; } =
    [
        new("weightDecay", "weightDecay must be 0 with lbfgs and newtoncg (l2 is the penalty that they take)", $"weightDecay == 0 or {FirstOrder}"),
        new("clipNorm", "clipNorm must be 0 with lbfgs and newtoncg, whose steps have their own lengths", $"clipNorm == 0 or {FirstOrder}"),
        new("clipValue", "clipValue must be 0 with lbfgs and newtoncg, whose steps have their own lengths", $"clipValue == 0 or {FirstOrder}"),
        new("fineTuneRate", "fineTuneRate must be 1 with lbfgs and newtoncg where nothing is frozen", $"fineTuneRate == 1 or freezeLayers != 0 or {FirstOrder}"),
    ];

    /// <summary>The parameters as one vector.</summary>
    /// <exception cref="InvalidSettingsException">There are several learning rates, as not all but the head is frozen.</exception>
    public static FlatParameters Parameters(IReadOnlyList<ParameterGroup> groups, string name) => groups.Any(g => g.RateFactor != 1 && g.Parameters.Count > 0)
        ? throw new InvalidSettingsException("/fineTuneRate", $"fineTuneRate must be 1 with {name}, but got {groups.Min(g => g.RateFactor)}.")
        : new FlatParameters([.. groups.SelectMany(g => g.Parameters)]);
}
