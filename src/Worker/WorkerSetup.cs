using HpoService.Storage;
using HpoService.Worker.DataSets;
using HpoService.Worker.Jobs;
using HpoService.Worker.Predicting;
using HpoService.Worker.Processes;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace HpoService.Worker;

/// <summary>Registers a worker.</summary>
public static class WorkerSetup
{
    /// <summary>Adds what lets others than workers, such as the API, have data sets read and models used; a worker is not needed for it.</summary>
    public static IServiceCollection AddHpoDesks(this IServiceCollection services, DeskOptions options) =>
        services.AddSingleton(options).AddSingleton<IDataSetDesk, DataSetDesk>().AddSingleton<IPredictionDesk, PredictionDesk>();

    /// <summary>Adds a worker over the database of <see cref="StorageSetup.AddHpoStorage"/>; the job store lives in the same database.</summary>
    public static IServiceCollection AddHpoWorker(this IServiceCollection services, Database database, WorkerOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<WorkerLifetime>();
        services.AddSingleton<TrialProcessPool>();
        services.AddSingleton<Attempts>();
        services.AddSingleton<TrialRunner>();
        services.AddSingleton<CardPublisher>();
        services.AddSingleton<StudyJobs>();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                // No cluster: each worker keeps its own jobs, under its name, and finds them again after a crash (docs/decisions/0007). What
                // must not happen twice is a compare-and-swap in the study store anyway.
                (scheduler.InstanceName, scheduler.InstanceId) = ($"hpo-{options.Name}", options.Name);
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(1);
            });
            quartz.UseDefaultThreadPool(options.Slots + 4);
            quartz.UseExecutionLimits(limits => limits.ForGroup(JobKeys.TrialGroup, options.Slots));
            quartz.UsePersistentStore(store =>
            {
                database.UseForJobs(store);
                store.ProvisionSchema();
            });
        });
        services.AddQuartzHostedService(hosted =>
        {
            hosted.WaitForJobsToComplete = true;
            hosted.AwaitApplicationStarted = true; // WorkerService takes back the dead predecessor's leases first
        });
        services.AddHostedService<WorkerService>();
        return services;
    }

    private static void UseForJobs(this Database database, IPersistentStoreBuilder store)
    {
        if (database.IsPostgres)
            store.UsePostgres(database.ConnectionString);
        else
            store.UseSqlite(database.ConnectionString);
    }
}
