using HpoService.Search.Numerics;
using HpoService.Search.Sampling.CovarianceMatrix;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Sampling.Genetic;
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
        ["auto"] = (s, _, objectives) => Auto(s, objectives),
        ["grid"] = (s, _, _) => new GridSampler(Options<GridOptions>(s)),
        ["random"] = (s, _, _) => Random(s),
        ["sobol"] = (s, space, _) => Sobol(s, space),
        ["gp"] = (s, _, _) => new GpSampler(Options<GpOptions>(s), s.Seed),
        ["tpe"] = (s, _, _) => new TpeSampler(Options<TpeOptions>(s), s.Seed),
        ["cmaes"] = (s, _, objectives) => Cma(s, objectives),
        ["nsga2"] = (s, _, _) => new NsgaSampler(Options<NsgaOptions>(s), s.Seed),
    };

    /// <summary>The kinds that <c>sampler.kind</c> may name.</summary>
    public static IReadOnlyCollection<string> Kinds => Factories.Keys;

    /// <summary>Creates the sampler of a study.</summary>
    /// <exception cref="InvalidStudyException">An unknown kind or bad options, with pointers such as <c>/sampler/kind</c>.</exception>
    public static ISampler Create(SamplerSettings settings, SearchSpace space, IReadOnlyList<Objective> objectives) =>
        Factories.TryGetValue(settings.Kind, out var factory)
            ? factory(settings, space, objectives)
            : throw new InvalidStudyException("/sampler/kind", $"kind must be one of {string.Join(", ", Kinds)}, but got '{settings.Kind}'.");

    private static AutoSampler Auto(SamplerSettings settings, IReadOnlyList<Objective> objectives)
    {
        var gp = new GpSampler(Options<GpOptions>(settings), settings.Seed);
        return objectives.Count == 1
            ? new AutoSampler(gp, new TpeSampler(new TpeOptions(), settings.Seed), AutoSampler.MaxModelled)
            : new AutoSampler(gp, new NsgaSampler(new NsgaOptions(), settings.Seed), AutoSampler.MaxModelledOfSeveral);
    }

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

    private static CmaSampler Cma(SamplerSettings settings, IReadOnlyList<Objective> objectives) => objectives.Count == 1
        ? new CmaSampler(Options<CmaOptions>(settings), settings.Seed)
        : throw new InvalidStudyException("/objectives", $"the cmaes sampler needs exactly one objective, but got {objectives.Count}.");
}
