using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>A sampler whose proposal for a trial depends on nothing but its options, the seed, the trial's number and which points were
/// visited: it needs no history, and costs the same after any number of trials.</summary>
public abstract class PointwiseSampler : ISampler
{
    private protected PointwiseSampler(string kind) => Kind = kind;

    /// <summary>For <see cref="Suggestion.SuggestedBy"/>.</summary>
    public string Kind { get; }

    /// <summary>The point of the trial of a number, not among the visited ones; null when the space is exhausted.</summary>
    public abstract ParameterValues? Propose(SearchSpace space, int number, Visited visited, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken) =>
        Suggest(history.Space, history.NextNumber, count, new Visited(history), cancellationToken);

    /// <summary>As <see cref="Suggest(StudyHistory, int, CancellationToken)"/>; adds what it proposes to the visited ones.</summary>
    public IReadOnlyList<Suggestion> Suggest(SearchSpace space, int number, int count, Visited visited, CancellationToken cancellationToken)
    {
        var suggestions = new List<Suggestion>(count);
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Propose(space, number + i, visited, cancellationToken) is not { } point)
                break;
            visited.Add(point);
            suggestions.Add(new Suggestion(point, Kind));
        }

        return suggestions;
    }
}
