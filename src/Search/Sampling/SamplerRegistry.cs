using HpoService.Search.Studies;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling;

/// <summary>Every sampler there is, one line each.</summary>
public static class SamplerRegistry
{
    private static readonly Dictionary<string, Func<SamplerSettings, ISampler>> Factories = new(StringComparer.Ordinal)
    {
    };

    /// <summary>The kinds that <c>sampler.kind</c> may name.</summary>
    public static IReadOnlyCollection<string> Kinds => Factories.Keys;

    /// <summary>Creates the sampler of a study.</summary>
    /// <exception cref="InvalidStudyException">An unknown kind or bad options, with pointers such as <c>/sampler/kind</c>.</exception>
    public static ISampler Create(SamplerSettings settings, SearchSpace space, IReadOnlyList<Objective> objectives) =>
        Factories.TryGetValue(settings.Kind, out var factory)
            ? factory(settings)
            : throw new InvalidStudyException("/sampler/kind", $"kind must be one of {string.Join(", ", Kinds)}, but got '{settings.Kind}'.");
}
