using HpoService.Training.Regularization;
using HpoService.Training.Settings;

namespace HpoService.Training.Optimizers;

/// <summary>What second-order methods ask of their settings.</summary>
internal static class SecondOrder
{
    /// <summary>The parameters as one vector.</summary>
    /// <exception cref="InvalidSettingsException">There are several learning rates, or a weight decay, which is for first-order methods.</exception>
    public static FlatParameters Parameters(IReadOnlyList<ParameterGroup> groups, SettingValues s, string name)
    {
        if (s[CommonSettings.WeightDecay] > 0)
            throw new InvalidSettingsException("/weightDecay", $"weightDecay must be 0 with {name} (l2 is the penalty that it takes), but got {s[CommonSettings.WeightDecay]}.");
        if (groups.Any(g => g.RateFactor != 1 && g.Parameters.Count > 0))
            throw new InvalidSettingsException("/fineTuneRate", $"fineTuneRate must be 1 with {name}, but got {groups.Max(g => g.RateFactor)}.");
        foreach (var clip in new[] { GradientClipping.Norm, GradientClipping.Value })
            if (s[clip] > 0)
                throw new InvalidSettingsException($"/{clip.Name}", $"{clip.Name} must be 0 with {name}, whose steps have their own lengths, but got {s[clip]}.");
        return new FlatParameters([.. groups.SelectMany(g => g.Parameters)]);
    }
}
