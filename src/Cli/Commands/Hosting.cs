using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using HpoService.Api;
using HpoService.Api.Metrics;
using HpoService.Storage;
using HpoService.Worker;
using HpoService.Worker.Commands;
using HpoService.Worker.DataSets;

namespace HpoService.Cli.Commands;

/// <summary>Builds the service's parts.</summary>
internal static class Hosting
{
    /// <summary>API and page, with a worker when there are slots; the database is up to date when this returns.</summary>
    public static async Task<WebApplication> BuildServiceAsync(
        string urls, string data, int slots, LogLevel logLevel, CancellationToken cancellationToken, string? commands = null, string? address = null)
    {
        var database = await OpenAsync(data, address, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = FixedSettings });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(urls);
        builder.Logging.SetMinimumLevel(logLevel);
        // The slim builder writes plain lines, whatever the settings say.
        builder.Logging.AddConsole(console => console.FormatterName = builder.Configuration["Logging:Console:FormatterName"] ?? console.FormatterName);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        builder.Services.AddHpoStorage(database).AddHpoApi();
        builder.Services.AddHpoDesks(new DeskOptions { TrialCommand = TrialCommand(), DataFolder = Path.GetFullPath(data) });
        Telemetry.Add(builder.Services);
        if (slots > 0)
            builder.Services.AddHpoWorker(database, Options(slots, await WorkerName.ClaimAsync(database, null, cancellationToken), data, Commands(data, commands)));
        return builder.Build().MapHpoApi();
    }

    /// <summary>A worker alone; with an address for its metrics a <see cref="WebApplication"/>.</summary>
    public static async Task<IHost> BuildWorkerAsync(
        string data, string? address, int slots, string? name, string? commands, string? metrics, CancellationToken cancellationToken)
    {
        var database = await OpenAsync(data, address, cancellationToken);
        var claimed = await WorkerName.ClaimAsync(database, name, cancellationToken);
        if (metrics is null)
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory, Args = FixedSettings });
            AddWorker(builder);
            return builder.Build();
        }

        var serving = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, Args = FixedSettings });
        serving.WebHost.UseKestrelHttpsConfiguration();
        serving.WebHost.UseUrls(metrics);
        AddWorker(serving);
        serving.Services.AddHpoMetrics();
        return serving.Build().MapHpoMetrics();

        void AddWorker(IHostApplicationBuilder builder)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
            Telemetry.Add(builder.Services);
            builder.Services.AddHpoStorage(database).AddHpoWorker(database, Options(slots, claimed, data, Commands(data, commands)));
        }
    }

    /// <summary>Settings are read once. To look for changes the host would watch every folder below its root: where the data lies there, each
    /// write to the database would wake it, and a large tree exhausts the system's watches.</summary>
    public static readonly string[] FixedSettings = ["--hostBuilder:reloadConfigOnChange=false"];

    // SIGXFSZ: a file at the system's limit of sizes is a write that fails, not the end of the process.
    private static readonly PosixSignalRegistration FileSizeLimit = PosixSignalRegistration.Create((PosixSignal)25, context => context.Cancel = true);

    private static readonly TimeSpan PatienceAtStart = TimeSpan.FromSeconds(30);

    /// <summary>A database, up to date.</summary>
    public static async Task<Database> OpenAsync(string data, string? address, CancellationToken cancellationToken)
    {
        GC.KeepAlive(FileSizeLimit);
        Directory.CreateDirectory(data);
        var database = DatabaseOption.Find(data, address);
        var told = false;
        for (var since = TimeProvider.System.GetTimestamp(); ; await Task.Delay(500, cancellationToken))
        {
            try
            {
                await database.MigrateAsync(cancellationToken);
                return database;
            }
            catch (Exception e) when (Database.Translate(e) is UnwritableException unwritable)
            {
                // A server that starts at the same time, such as after a loss of power, needs a while.
                if (address is null || TimeProvider.System.GetElapsedTime(since) > PatienceAtStart)
                    throw unwritable;
                if (!told)
                    await Console.Error.WriteLineAsync($"waiting up to {PatienceAtStart.TotalSeconds:0} s for the database: {e.Message}");
                told = true;
            }
        }
    }

    /// <summary>Where the programs are named that studies may run.</summary>
    public static Option<string?> CommandsOption() => new("--commands") { Description = "The programs that studies may run on the worker; default: commands.json in the data folder, if it is there." };

    /// <summary>How many trials run at once.</summary>
    public static Option<int> SlotsOption(string description, int least, int otherwise)
    {
        var slots = new Option<int>("--slots") { Description = description, DefaultValueFactory = _ => otherwise };
        slots.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out var value) && (value < least || value > 1000))
                result.AddError($"--slots must be {least} to 1000, but got {value}.");
        });
        return slots;
    }

    private static IReadOnlyDictionary<string, CommandSpec> Commands(string data, string? file) =>
        file is not null ? CommandSpec.Load(file)
        : File.Exists(Path.Combine(data, "commands.json")) ? CommandSpec.Load(Path.Combine(data, "commands.json"))
        : new Dictionary<string, CommandSpec>();

    private static WorkerOptions Options(int slots, string name, string data, IReadOnlyDictionary<string, CommandSpec> commands) => new()
    {
        Name = name,
        Slots = slots,
        TrialCommand = TrialCommand(),
        Commands = commands,
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
