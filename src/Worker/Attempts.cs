using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;
using HpoService.Training.DataSets;
using HpoService.Training.Parallel;
using HpoService.Worker.Commands;
using HpoService.Worker.Processes;

namespace HpoService.Worker;

/// <summary>Starts attempts, each as its study's runner wants it.</summary>
internal sealed class Attempts(TrialProcessPool pool, WorkerOptions options, TrialFiles files, TimeProvider time)
{
    private readonly DataSetFolder? _dataSets = options.DataFolder is { } folder ? new DataSetFolder(folder) : null;

    /// <summary>Whether this worker can run trials of a study at all: another one may have commands, or a folder with data sets, that this one has not.</summary>
    public bool CanRun(Runner runner) => runner.Kind == Runner.CommandKind
        ? options.Commands.ContainsKey(runner.Command!)
        : runner.DataSet is null || DataSetRegistry.Names.Contains(runner.DataSet) || _dataSets?.Find(runner.DataSet) is not null;

    public IAttempt Start(StudyView study, TrialView trial)
    {
        var log = files.AppendLog(study.Id, trial.Number);
        try
        {
            log.Write($"=== attempt {trial.Attempt} on {options.Name}, {time.GetUtcNow():u}");
            return study.Definition.Runner.Kind == Runner.CommandKind ? StartCommand(study, trial, log) : StartTraining(study, trial, log);
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    private IAttempt StartTraining(StudyView study, TrialView trial, TrialLog log)
    {
        var runner = study.Definition.Runner;
        var request = new TrainingRequest(
            runner.Model!, runner.DataSet, runner.Settings, trial.Parameters, Seed(study, trial), options.DataFolder, files.ArtifactsOf(study.Id, trial.Number));
        return Parallelism.Of(request) is { Processes: > 1 } how ? new TeamAttempt(pool, request, how, log) : new TrainingAttempt(pool, request, log);
    }

    private CommandAttempt StartCommand(StudyView study, TrialView trial, TrialLog log)
    {
        var (id, runner) = (study.Id, study.Definition.Runner);
        var command = options.Commands[runner.Command!];
        var arguments = command.Takes.ToDictionary(
            t => t.Key, t => runner.Arguments is { } given && given.TryGetValue(t.Key, out var value) ? value.ToString() : t.Value.Default ?? "");
        var (file, artifacts) = (Path.Combine(files.FolderOf(id, trial.Number), "trial.json"), files.ArtifactsOf(id, trial.Number));
        var description = new Described(study.Definition.Name, trial.Number, trial.Attempt, Seed(study, trial), trial.Parameters, arguments, artifacts, trial.Lease!.Token);
        File.WriteAllText(file, JsonSerializer.Serialize(description, HpoJson.Options));
        return new CommandAttempt(new CommandProcess(command, command.Fill(arguments, trial.Parameters), Environment(study, trial, file, artifacts)), log);
    }

    private static Dictionary<string, string> Environment(StudyView study, TrialView trial, string file, string artifacts)
    {
        var variables = new Dictionary<string, string>
        {
            ["HPO_TRIAL_FILE"] = file, ["HPO_ARTIFACTS"] = artifacts, ["HPO_STUDY"] = study.Definition.Name,
            ["HPO_TRIAL"] = trial.Number.ToString(CultureInfo.InvariantCulture), ["HPO_ATTEMPT"] = trial.Attempt.ToString(CultureInfo.InvariantCulture),
            ["HPO_SEED"] = Seed(study, trial).ToString(CultureInfo.InvariantCulture), ["HPO_LEASE_TOKEN"] = trial.Lease!.Token,
            ["HPO_PARAMETERS"] = JsonSerializer.Serialize(trial.Parameters, HpoJson.Options), ["PYTHONUNBUFFERED"] = "1",
        };
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace })
            variables["TRACEPARENT"] = trace; // what it calls over HTTP belongs to the trial's trace
        return variables;
    }

    private static long Seed(StudyView study, TrialView trial) => unchecked((study.Definition.Sampler.Seed * 1_000_003 + trial.Number) & 0x7FFF_FFFF_FFFF);

    private sealed record Described(
        string Study, int Trial, int Attempt, long Seed, ParameterValues Parameters, IReadOnlyDictionary<string, string> Arguments, string Artifacts, string LeaseToken);
}
