using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>The default: another sampler by what the study is like, see docs/samplers.md for the figures behind the rule.</summary>
/// <param name="few">For a history of up to <paramref name="most"/> trials.</param>
/// <param name="many">For a longer one.</param>
/// <param name="most">How many.</param>
internal sealed class AutoSampler(ISampler few, ISampler many, int most) : ISampler
{
    /// <summary>So far have gp's suggestions been measured: beyond it they cost more than what they gain is known to be worth.</summary>
    public const int MaxModelled = 5000;

    /// <summary>The same of several objectives, each of which has a model of its own: a fifth of a second by then.</summary>
    public const int MaxModelledOfSeveral = 1000;

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken) =>
        (KnownTrials.CountOf(history) <= most ? few : many).Suggest(history, count, cancellationToken);
}
