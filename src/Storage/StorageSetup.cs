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
        services.TryAddSingleton<ChangeSignal>();
        services.TryAddSingleton<StudyStore>();
        services.TryAddSingleton<TrialStore>();
        services.TryAddSingleton<LeaseStore>();
        services.TryAddSingleton<TrialDispatcher>();
        services.TryAddSingleton<BestTrials>();
        services.TryAddSingleton<InsightStore>();
        services.TryAddSingleton<ImportStore>();
        services.TryAddSingleton<TrialPages>();
        services.TryAddSingleton<ExportStore>();
        services.TryAddSingleton<ModelStore>();
        services.TryAddSingleton<CommandStore>();
        services.TryAddSingleton<WorkerStore>();
        services.TryAddSingleton<ApiKeyStore>();
        services.TryAddSingleton<ChangeFeed>();
        services.TryAddSingleton<Readiness>();
        return services;
    }
}
