using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>Proposes the next trials of a study.</summary>
public interface ISampler
{
    /// <summary>Proposes up to <paramref name="count"/> new points; fewer only when the space is exhausted.</summary>
    /// <remarks>A function of the options, the history and the count: same inputs, same outputs. Randomness comes from the seed and the
    /// number of the trial that is proposed. Never throws but for cancellation: a numerical failure falls back, and
    /// <see cref="Suggestion.SuggestedBy"/> says so.</remarks>
    /// <param name="history">The study so far; queued and running trials are pending.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="cancellationToken">Polled; cancellation throws <see cref="OperationCanceledException"/>.</param>
    IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken);
}

/// <summary>A proposed point and the method that proposed it, such as <c>gp</c>, <c>gp:sobol</c> and <c>gp:step</c> (its start) or <c>gp:fallback</c>.</summary>
public sealed record Suggestion(ParameterValues Parameters, string SuggestedBy);

/// <summary>What a study says about its sampler, as stored and as requested: a kind, a seed and the kind's own options.</summary>
/// <param name="Kind">A kind of <see cref="SamplerRegistry"/>.</param>
/// <param name="Seed">The root of all its randomness.</param>
/// <param name="Options">The kind's options as a JSON object; null = all defaults.</param>
public sealed record SamplerSettings(string Kind, long Seed, System.Text.Json.JsonElement? Options = null);
