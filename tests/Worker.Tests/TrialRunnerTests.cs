using HpoService.Search.Models;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Worker.Processes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpoService.Worker.Tests;

public sealed class TrialRunnerTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-runner-").FullName;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"), TimeSpan.FromSeconds(1));
        await database.MigrateAsync(default);
        _services = new ServiceCollection().AddHpoStorage(database).BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_result_is_stored()
    {
        await RunAsync(Children.Script(Children.Good));
        Assert.Equal(TrialState.Completed, (await TrialAsync()).State);
    }

    [Theory]
    [InlineData("exit 7", "the training process died with exit code 7")]
    [InlineData("read -r line; echo oops; sleep 600", "a training process must write messages, but got 'oops'")]
    [InlineData("""read -r line; echo '{"completed":{"loss":1}}'""", "values must hold every objective's metric, but got no 'accuracy'.")]
    [InlineData("""read -r line; echo '{"measurement":{"step":-1,"values":{"accuracy":1}}}'; sleep 600""", "step >= 0 must hold, but got -1.")]
    public async Task A_broken_attempt_goes_back_to_the_queue_at_once(string script, string error)
    {
        await RunAsync(Children.Script(script));
        var trial = await TrialAsync();
        Assert.Equal((TrialState.Queued, error), (trial.State, trial.Error));
    }

    [Fact]
    public async Task A_training_process_hears_where_data_sets_are_and_where_the_model_is_to_be_kept()
    {
        await RunAsync(Children.Script($$$"""
            read -r line
            case "$line" in *'"dataFolder":"{{{_folder}}}"'*'"artifactFolder":"{{{_folder}}}/trials/1/0/artifacts"'*) echo '{"completed":{"accuracy":1}}';; *) exit 3;; esac
            """));
        Assert.Equal(TrialState.Completed, (await TrialAsync()).State);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_broken_attempt()
    {
        await RunAsync(["/nowhere/hpo"]);
        var trial = await TrialAsync();
        Assert.Equal(TrialState.Queued, trial.State);
        Assert.StartsWith("the process could not be started: ", trial.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_does_not_stop_is_killed_when_the_trial_is_canceled()
    {
        var running = RunAsync(Children.Script(Children.Hanging));
        await UntilRunningAsync();
        await Trials.CancelAsync("s", 0, "no more", default);
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(TrialState.Canceled, (await TrialAsync()).State);
    }

    [Fact]
    public async Task A_study_that_is_deleted_frees_the_slot()
    {
        var running = RunAsync(Children.Script(Children.Hanging));
        await UntilRunningAsync();
        await Studies.DeleteAsync("s", default);
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Shutdown_hands_the_trial_back()
    {
        using var shutdown = new CancellationTokenSource();
        var running = RunAsync(Children.Script(Children.Hanging), shutdown.Token);
        await UntilRunningAsync();
        await shutdown.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        var trial = await TrialAsync();
        Assert.Equal((TrialState.Queued, null), (trial.State, trial.Error));
    }

    [Fact]
    public async Task What_a_training_says_while_the_database_takes_nothing_is_told_when_it_does_again()
    {
        var (go, end) = (Path.Combine(_folder, "go"), Path.Combine(_folder, "end"));
        var running = RunAsync(Children.Script($$"""
            read -r line; while [ ! -e {{go}} ]; do sleep 0.02; done
            echo '{"measurement":{"step":1,"values":{"accuracy":0.5} } }'; while [ ! -e {{end}} ]; do sleep 0.02; done
            echo '{"completed":{"accuracy":0.75} }'; sleep 600
            """));
        await UntilRunningAsync();
        foreach (var file in new[] { go, end })
        {
            using var other = new SqliteConnection($"Data Source={_folder}/hpo.db;Pooling=False");
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN EXCLUSIVE";
            begin.ExecuteNonQuery();
            await File.WriteAllTextAsync(file, "");
            await Task.Delay(1500); // longer than a write waits for its turn
        }

        await running.WaitAsync(TimeSpan.FromSeconds(60));
        var trial = await TrialAsync();
        Assert.Equal((TrialState.Completed, 1, 0.75), (trial.State, trial.Attempt, trial.Values!["accuracy"]));
        Assert.Equal([(1L, 0.5)], trial.Measurements.Select(m => (m.Step, m.Values["accuracy"])));
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_a_database_that_takes_nothing()
    {
        using var shutdown = new CancellationTokenSource();
        var running = RunAsync(Children.Script(Children.Hanging), shutdown.Token);
        await UntilRunningAsync();
        using var other = new SqliteConnection($"Data Source={_folder}/hpo.db;Pooling=False");
        other.Open();
        using var begin = other.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();
        await shutdown.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory, InlineData(null, true), InlineData("digits", true), InlineData("mine", true), InlineData("theirs", false)]
    public void Trials_are_run_only_where_their_data_set_is(string? dataSet, bool can)
    {
        var source = Path.Combine(_folder, "mine.csv");
        File.WriteAllText(source, "a,b,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{i % 7},{i % 2}\n")));
        new DataSetFolder(_folder).Add("mine", null, new DataSetSource(source, Target: "label"));
        var options = new WorkerOptions { Name = "w", Slots = 1, TrialCommand = [], DataFolder = _folder };
        using var pool = new TrialProcessPool(options);
        var attempts = new Attempts(pool, options, _services.GetRequiredService<TrialFiles>(), TimeProvider.System);
        Assert.Equal(can, attempts.CanRun(new Runner(Runner.Training, "m", dataSet)));
    }

    private StudyStore Studies => _services.GetRequiredService<StudyStore>();

    private TrialStore Trials => _services.GetRequiredService<TrialStore>();

    private Task<TrialView> TrialAsync() => Trials.GetAsync("s", 0, default);

    private async Task UntilRunningAsync()
    {
        while ((await Studies.ListAsync(null, [], null, null, 1, default)).Items is not [{ } study] || study.TrialCounts[TrialState.Running] == 0)
            await Task.Delay(10);
    }

    private async Task RunAsync(string[] command, CancellationToken shutdown = default)
    {
        var options = new WorkerOptions
        {
            Name = "w", Slots = 1, TrialCommand = command, DataFolder = _folder, HeartbeatInterval = TimeSpan.FromMilliseconds(50), StopGrace = TimeSpan.FromMilliseconds(200),
        };
        await _services.GetRequiredService<ModelStore>().PublishAsync(
            [new ModelCard("m", "", "{}", [new FloatParameter("x", 0, 1)], [], [new Objective("accuracy", Direction.Maximize)])], default);
        var study = await Studies.CreateAsync(
            new StudyDefinition("s", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("accuracy", Direction.Maximize)],
                new SamplerSettings("random", 1), new PrunerSettings(), new Budget(), 2, new Runner(Runner.Training, "m")),
            null, new Dictionary<string, string>(), [new ParameterValues([new("x", 0.5)])], null, default);
        var leases = _services.GetRequiredService<LeaseStore>();
        var trial = await leases.TakeAsync("s", "w", options.Lease, default);
        using var pool = new TrialProcessPool(options);
        var attempts = new Attempts(pool, options, _services.GetRequiredService<TrialFiles>(), TimeProvider.System);
        await new TrialRunner(leases, Trials, attempts, options, TimeProvider.System, NullLogger<TrialRunner>.Instance).RunAsync(study, trial!, shutdown);
    }
}
