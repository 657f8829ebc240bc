using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>The default: another sampler by what the study is like, see docs/samplers.md for the figures behind the rule.</summary>
/// <param name="few">For a history of up to <see cref="MaxModelled"/> trials.</param>
/// <param name="many">For a longer one.</param>
internal sealed class AutoSampler(ISampler few, ISampler many) : ISampler
{
    /// <summary>So far have gp's suggestions been measured: beyond it they cost more than what they gain is known to be worth.</summary>
    public const int MaxModelled = 5000;

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken) =>
        (FinishedTrials.Known(history) <= MaxModelled ? few : many).Suggest(history, count, cancellationToken);
}
