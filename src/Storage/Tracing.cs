using System.Diagnostics;

namespace HpoService.Storage;

/// <summary>Spans of the service's own doing, for whoever listens; free while nobody does.</summary>
public static class Tracing
{
    /// <summary>The name that a listener subscribes to.</summary>
    public const string Source = "HpoService";

    private static readonly ActivitySource Activities = new(Source);

    /// <summary>A span about a trial; null while nobody listens. All spans of one trial, in whatever process, carry the same two tags.</summary>
    public static Activity? Start(string name, long studyId, int? trial = null)
    {
        var activity = Activities.StartActivity(name);
        activity?.SetTag("hpo.study.id", studyId);
        if (trial is not null)
            activity?.SetTag("hpo.trial", trial);
        return activity;
    }
}
