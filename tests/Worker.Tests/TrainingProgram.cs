using HpoService.Worker.Processes;

namespace HpoService.Worker.Tests;

/// <summary>A training process, as <c>hpo trial-process</c> is one.</summary>
internal static class TrainingProgram
{
    public static string[] Command { get; } = ["dotnet", "exec", typeof(TrainingProgram).Assembly.Location];

    public static Task<int> Main() => TrialProcessMain.RunAsync(Console.In, Console.Out);
}
