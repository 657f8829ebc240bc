using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Every pruner there is, one line each.</summary>
public static class PrunerRegistry
{
    private static readonly Dictionary<string, Func<PrunerSettings, IPruner>> Factories = new(StringComparer.Ordinal)
    {
        ["none"] = None,
        ["median"] = s => new MedianPruner(Options<MedianOptions>(s)),
    };

    /// <summary>The kinds that <c>pruner.kind</c> may name.</summary>
    public static IReadOnlyCollection<string> Kinds => Factories.Keys;

    /// <summary>Creates the pruner of a study.</summary>
    /// <exception cref="InvalidStudyException">An unknown kind or bad options, with pointers such as <c>/pruner/kind</c>.</exception>
    public static IPruner Create(PrunerSettings settings) => Factories.TryGetValue(settings.Kind, out var factory)
        ? factory(settings)
        : throw new InvalidStudyException("/pruner/kind", $"kind must be one of {string.Join(", ", Kinds)}, but got '{settings.Kind}'.");

    private static T Options<T>(PrunerSettings settings) where T : new() => SamplerOptions.Read<T>(settings.Options, "/pruner/options");

    private static NoPruner None(PrunerSettings settings)
    {
        Options<NoOptions>(settings);
        return new NoPruner();
    }
}

/// <summary>Never stops a trial.</summary>
internal sealed class NoPruner : IPruner
{
    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest) => PruneDecision.Continue;
}
