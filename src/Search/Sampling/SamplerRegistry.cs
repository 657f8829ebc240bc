using HpoService.Search.Numerics;
using HpoService.Search.Sampling.CovarianceMatrix;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Sampling.Grid;
using HpoService.Search.Sampling.ParzenEstimator;
using HpoService.Search.Sampling.Sobol;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>Every sampler there is, one line each.</summary>
public static class SamplerRegistry
{
    private delegate ISampler Factory(SamplerSettings settings, SearchSpace space, IReadOnlyList<Objective> objectives);

    private static readonly Dictionary<string, Factory> Factories = new(StringComparer.Ordinal)
    {
        ["auto"] = (s, space, objectives) => objectives.Count == 1 ? Gp(s, objectives) : Random(s),
        ["grid"] = (s, _, _) => new GridSampler(Options<GridOptions>(s)),
        ["random"] = (s, _, _) => Random(s),
        ["sobol"] = (s, space, _) => Sobol(s, space),
        ["gp"] = (s, _, objectives) => Gp(s, objectives),
        ["cmaes"] = (s, _, objectives) => Cma(s, objectives),
        ["tpe"] = (s, _, _) => new TpeSampler(Options<TpeOptions>(s), s.Seed),
    };

    /// <summary>The kinds that <c>sampler.kind</c> may name.</summary>
    public static IReadOnlyCollection<string> Kinds => Factories.Keys;

    /// <summary>Creates the sampler of a study.</summary>
    /// <exception cref="InvalidStudyException">An unknown kind or bad options, with pointers such as <c>/sampler/kind</c>.</exception>
    public static ISampler Create(SamplerSettings settings, SearchSpace space, IReadOnlyList<Objective> objectives) =>
        Factories.TryGetValue(settings.Kind, out var factory)
            ? factory(settings, space, objectives)
            : throw new InvalidStudyException("/sampler/kind", $"kind must be one of {string.Join(", ", Kinds)}, but got '{settings.Kind}'.");

    private static T Options<T>(SamplerSettings settings) where T : new() => SamplerOptions.Read<T>(settings.Options, "/sampler/options");

    private static PointSampler Random(SamplerSettings settings)
    {
        Options<NoOptions>(settings);
        return new PointSampler("random", settings.Seed, (cube, number) => PointSampler.Draw(new RandomStream(settings.Seed, number), cube.Dimensions));
    }

    private static PointSampler Sobol(SamplerSettings settings, SearchSpace space)
    {
        Options<NoOptions>(settings);
        if (space.Parameters.Count > SobolSequence.MaxDimensions)
            throw new InvalidStudyException("/sampler/kind", $"sobol needs at most {SobolSequence.MaxDimensions} parameters, but got {space.Parameters.Count}.");
        var sequence = new SobolSequence(space.Parameters.Count, settings.Seed);
        return new PointSampler("sobol", settings.Seed, (_, number) => sequence.At((uint)number));
    }

    private static GpSampler Gp(SamplerSettings settings, IReadOnlyList<Objective> objectives) => objectives is [var objective]
        ? new GpSampler(Options<GpOptions>(settings), objective, settings.Seed)
        : throw new InvalidStudyException("/objectives", $"the gp sampler needs exactly one objective, but got {objectives.Count}.");

    private static CmaSampler Cma(SamplerSettings settings, IReadOnlyList<Objective> objectives) => objectives.Count == 1
        ? new CmaSampler(Options<CmaOptions>(settings), settings.Seed)
        : throw new InvalidStudyException("/objectives", $"the cmaes sampler needs exactly one objective, but got {objectives.Count}.");
}
