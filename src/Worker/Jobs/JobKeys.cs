using Quartz;

namespace HpoService.Worker.Jobs;

/// <summary>Names of jobs and triggers. Jobs carry a study's id and nothing else.</summary>
internal static class JobKeys
{
    public const string StudyId = "studyId", TrialGroup = "trials";

    public static JobKey Advance(long studyId) => new($"{studyId}", "advance");

    public static JobKey RunTrials(long studyId) => new($"{studyId}", "run-trials");

    public static JobKey Sweep { get; } = new("sweep");

    public static long GetStudyId(this IJobExecutionContext context) => long.Parse(context.MergedJobDataMap.GetString(StudyId)!);
}
