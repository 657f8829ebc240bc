using System.CommandLine;
using HpoService.Cli.Commands;
using HpoService.Cli.Commands.Bench;

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
return await root.Parse(args).InvokeAsync();
