using HpoService.Storage;

namespace HpoService.Api.Exports;

/// <summary>What is exported: a study and its trials by number.</summary>
/// <param name="Study">The study.</param>
/// <param name="Trials">Where its trials are read from.</param>
/// <param name="Metrics">All metrics that a trial reported when the export began, the objectives first.</param>
internal sealed record ExportSource(StudyView Study, ExportStore Trials, IReadOnlyList<string> Metrics)
{
    public IAsyncEnumerable<IReadOnlyList<TrialView>> PagesAsync(bool withMeasurements, CancellationToken cancellationToken) =>
        Trials.PagesAsync($"{Study.Id}", withMeasurements, cancellationToken);
}
