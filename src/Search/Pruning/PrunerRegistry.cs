using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Every pruner there is, one line each.</summary>
public static class PrunerRegistry
{
    // root: where the settings stand, as a JSON pointer.
    private delegate IPruner Factory(PrunerSettings settings, long seed, string root);

    private static readonly Dictionary<string, Factory> Factories = new(StringComparer.Ordinal)
    {
        ["none"] = (s, _, root) => None(s, root),
        ["median"] = (s, _, root) => new MedianPruner(Options<MedianOptions>(s, root), root),
        ["percentile"] = (s, _, root) => new PercentilePruner(Options<PercentileOptions>(s, root), root),
        ["successiveHalving"] = (s, _, root) => new SuccessiveHalvingPruner(Options<SuccessiveHalvingOptions>(s, root), root),
        ["hyperband"] = (s, seed, root) => new HyperbandPruner(Options<HyperbandOptions>(s, root), seed, root),
        ["threshold"] = (s, _, root) => new ThresholdPruner(Options<ThresholdOptions>(s, root), root),
        ["patient"] = Patient,
        ["wilcoxon"] = (s, _, root) => new WilcoxonPruner(Options<WilcoxonOptions>(s, root), root),
    };

    /// <summary>The kinds that <c>pruner.kind</c> may name.</summary>
    public static IReadOnlyCollection<string> Kinds => Factories.Keys;

    /// <summary>Creates the pruner of a study.</summary>
    /// <param name="settings">The kind and its options.</param>
    /// <param name="seed">The study's, which is its sampler's.</param>
    /// <exception cref="InvalidStudyException">An unknown kind or bad options, with pointers such as <c>/pruner/kind</c>.</exception>
    public static IPruner Create(PrunerSettings settings, long seed) => Create(settings, seed, "/pruner");

    private static IPruner Create(PrunerSettings settings, long seed, string root) => Factories.TryGetValue(settings.Kind, out var factory)
        ? factory(settings, seed, root)
        : throw new InvalidStudyException($"{root}/kind", $"kind must be one of {string.Join(", ", Kinds)}, but got '{settings.Kind}'.");

    private static T Options<T>(PrunerSettings settings, string root) where T : new() => SamplerOptions.Read<T>(settings.Options, $"{root}/options");

    private static NoPruner None(PrunerSettings settings, string root)
    {
        Options<NoOptions>(settings, root);
        return new NoPruner();
    }

    private static PatientPruner Patient(PrunerSettings settings, long seed, string root)
    {
        var options = Options<PatientOptions>(settings, root);
        return new PatientPruner(options, options.Pruner is { } inner ? Create(inner, seed, $"{root}/options/pruner") : null, root);
    }
}

/// <summary>Never stops a trial.</summary>
internal sealed class NoPruner : IPruner
{
    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest) => PruneDecision.Continue;
}
