using System.CommandLine;
using HpoService.Cli.Commands;
using HpoService.Cli.Commands.Bench;
using HpoService.Search;
using HpoService.Storage;

var root = new RootCommand("HpoService: hyperparameter search as a service of your own.")
{
    ServeCommand.Create(),
    WorkerCommand.Create(),
    DemoCommand.Create(),
    SubmitCommand.Create(),
    DataSetCommand.Create(),
    PredictCommand.Create(),
    PredictCommand.CreateRetrain(),
    HealthCommand.Create(),
    KeyCommand.Create(),
    BenchCommand.Create(),
    TrialProcessCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception e)
{
    if (e is not OperationCanceledException)
        // What the caller can mend needs no stack: a value, a file, an address, a database that is away.
        await Console.Error.WriteLineAsync(
            e is UnwritableException or BusyException or HpoException or IOException or UnauthorizedAccessException or UriFormatException ? e.Message : $"Unhandled exception: {e}");
    return 1;
}
