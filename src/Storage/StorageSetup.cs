using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HpoService.Storage;

/// <summary>Registers the stores.</summary>
public static class StorageSetup
{
    /// <summary>Adds every store over one database.</summary>
    public static IServiceCollection AddHpoStorage(this IServiceCollection services, Database database)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(database);
        services.TryAddSingleton(database.Signal);
        services.TryAddSingleton<StudyStore>();
        services.TryAddSingleton<TrialStore>();
        services.TryAddSingleton<LeaseStore>();
        services.TryAddSingleton<TrialDispatcher>();
        services.TryAddSingleton<InsightStore>();
        services.TryAddSingleton<ExportStore>();
        services.TryAddSingleton<BestTrials>();
        services.TryAddSingleton<ImportStore>();
        services.TryAddSingleton<TrialPages>();
        services.TryAddSingleton<ModelStore>();
        services.TryAddSingleton<CommandStore>();
        services.TryAddSingleton<WorkerStore>();
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton<ChangeFeed>();
        services.TryAddSingleton(new TrialFiles(Path.Combine(database.Folder, "trials")));
        services.TryAddSingleton<ChangeWatch>();
        services.TryAddSingleton<IDataSetDesk, NoDesk>();
        services.TryAddSingleton<DataSetStore>();
        services.TryAddSingleton<IPredictionDesk, NoDesk>();
        services.TryAddSingleton<PredictionStore>();
        services.TryAddSingleton<KeyExpiry>();
        services.TryAddSingleton<Readiness>();
        services.TryAddSingleton<Census>();
        return services;
    }
}
