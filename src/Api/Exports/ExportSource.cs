using System.Runtime.CompilerServices;
using HpoService.Storage;

namespace HpoService.Api.Exports;

/// <summary>What is exported: a study and its trials by number.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Where its trials are read from.</param>
/// <param name="Metrics">All metrics that a trial reported when the export began, the objectives first.</param>
internal sealed record ExportSource(StudyView Study, TrialStore Trials, IReadOnlyList<string> Metrics)
{
    /// <summary>The trials in pages: a slow reader must not hold a snapshot of the database, which would let its log grow.</summary>
    public async IAsyncEnumerable<IReadOnlyList<TrialView>> PagesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int? after = null; ;)
        {
            var page = await Trials.ListAsync($"{Study.Id}", null, null, after, 1000, descending: false, cancellationToken);
            yield return page.Items;
            if (page.Next is null)
                yield break;
            after = page.Items[^1].Number;
        }
    }
}
