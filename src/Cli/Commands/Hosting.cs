using System.Reflection;
using HpoService.Api;
using HpoService.Storage;
using HpoService.Worker;

namespace HpoService.Cli.Commands;

/// <summary>Builds the service's parts.</summary>
internal static class Hosting
{
    /// <summary>API and page, with a worker when there are slots; the database is up to date when this returns.</summary>
    public static async Task<WebApplication> BuildServiceAsync(string urls, string data, int slots, LogLevel logLevel, CancellationToken cancellationToken)
    {
        var database = await OpenAsync(data, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(urls);
        builder.Logging.SetMinimumLevel(logLevel);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddHpoStorage(database).AddHpoApi();
        if (slots > 0)
            builder.Services.AddHpoWorker(database, Options(slots, WorkerName.Claim(data, null), data));
        return builder.Build().MapHpoApi();
    }

    /// <summary>A worker alone.</summary>
    public static async Task<IHost> BuildWorkerAsync(string data, int slots, string? name, CancellationToken cancellationToken)
    {
        var database = await OpenAsync(data, cancellationToken);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddHpoStorage(database).AddHpoWorker(database, Options(slots, WorkerName.Claim(data, name), data));
        return builder.Build();
    }

    /// <summary>The database of a data folder, up to date.</summary>
    public static async Task<Database> OpenAsync(string data, CancellationToken cancellationToken)
    {
        var database = Database.Sqlite(Path.Combine(data, "hpo.db"));
        await database.MigrateAsync(cancellationToken);
        return database;
    }

    private static WorkerOptions Options(int slots, string name, string data) => new()
    {
        Name = name,
        Slots = slots,
        TrialCommand = TrialCommand(),
        DataFolder = Path.GetFullPath(data),
    };

    private static string[] TrialCommand()
    {
        var host = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(host) == "dotnet"
            ? [host, Assembly.GetEntryAssembly()!.Location, TrialProcessCommand.Name]
            : [host, TrialProcessCommand.Name];
    }
}
