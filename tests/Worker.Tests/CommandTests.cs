using System.Diagnostics;
using HpoService.Search;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Worker.Commands;
using HpoService.Worker.Jobs;
using HpoService.Worker.Processes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Quartz;

namespace HpoService.Worker.Tests;

/// <summary>Command runners, with real processes.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-command-").FullName;
    private ServiceProvider _services = null!;
    private string? _token;

    public async Task InitializeAsync()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"));
        await database.MigrateAsync(default);
        _services = new ServiceCollection().AddHpoStorage(database).BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_program_gets_its_trial_three_ways_and_its_lines_become_measurements_a_result_and_a_log()
    {
        var trial = await RunAsync("""
            cmp - "$HPO_TRIAL_FILE" && grep -o '"x":0.5' "$HPO_TRIAL_FILE"
            echo "$HPO_STUDY $HPO_TRIAL $HPO_ATTEMPT $HPO_PARAMETERS $1 $2"
            echo 'hpo {"step": 1, "values": {"loss": 2, "time": NaN, "heat": -Infinity}}'
            echo 'hpo {"step": 2, "values": {"loss": 0.25}}'
            echo careful >&2
            echo model > "$HPO_ARTIFACTS/model.bin"
            echo 'hpo {"complete": {"loss": 0.125, "size": 3}}'
            """);
        Assert.Equal((TrialState.Completed, 0.125), (trial.State, trial.Values!["loss"]));
        Assert.Equal([1, 2], trial.Measurements.Select(m => m.Step));
        Assert.True(double.IsNaN(trial.Measurements[0].Values["time"]) && double.IsNegativeInfinity(trial.Measurements[0].Values["heat"]));
        var log = await LogAsync();
        foreach (var expected in new[] { "=== attempt 1 on w", "\"x\":0.5", """s 0 1 {"x":0.5} --data=it's "$(quoted)" -v""", "careful", "=== exit code 0" })
            Assert.Contains(expected, log, StringComparison.Ordinal);
        Assert.Equal("model.bin", Assert.Single(Files.List(1, 0)).Name);
    }

    [Fact]
    public async Task Parameters_become_options_where_an_argument_says_how()
    {
        var trial = await RunAsync("", new CommandSpec
        {
            Program = "bash", Takes = new Dictionary<string, CommandSpec.Taken> { ["data"] = new("digits") },
            Arguments = ["-c", """printf '%s|' "$@"; echo; echo 'hpo {"complete": {"loss": 1}}'""", "bash", "--{data}.{name}={value}", "{value}", "{name}", "{value}{name}", "--data", "{data}"],
        });
        Assert.Equal(TrialState.Completed, trial.State);
        Assert.Contains("""--it's "$(quoted)".x=0.5|{value}|{name}|{value}{name}|--data|it's "$(quoted)"|""", await LogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public void All_active_parameters_become_options_and_no_name_can_be_anything_else()
    {
        var command = new CommandSpec { Program = "train", Arguments = ["run", "+{name}={value}"] };
        string[] Filled(params IEnumerable<KeyValuePair<string, ParameterValue>> parameters) => [.. command.Fill(new Dictionary<string, string>(), new ParameterValues(parameters))];
        Assert.Equal(["run", "+rate=1E-05", "+layers.0=64", "+bias=true", "+name={value}"], Filled(new("rate", 1e-5), new("layers.0", 64), new("bias", true), new("name", "{value}")));
        Assert.Equal(["run"], Filled());
        foreach (var name in new[] { "-x", "x=1", "a b", "x\n", "0x", "" })
            Assert.Equal("/parameters", Assert.Throws<InvalidStudyException>(() => Filled(new KeyValuePair<string, ParameterValue>(name, 1))).Violations[0].Pointer);
        // Who takes an argument of such a name means that.
        var taken = command with { Takes = new Dictionary<string, CommandSpec.Taken> { ["value"] = new() } };
        Assert.Equal(["run", "+{name}=7"], taken.Fill(new Dictionary<string, string> { ["value"] = "7" }, new([new("x", 1)])));
    }

    [Theory]
    [InlineData("""echo 'hpo {"step": 1, "values": {"loss": 2}}'""", TrialState.Completed, null)]
    [InlineData("""echo 'hpo {"infeasible": "out of memory"}'""", TrialState.Infeasible, "out of memory")]
    [InlineData("""echo 'hpo {"infeasible": "\"loss\": NaN, giving up"}'""", TrialState.Infeasible, "\"loss\": NaN, giving up")]
    [InlineData("exit 0", TrialState.Queued, "a command must report a result, but got none before it ended")]
    [InlineData("echo deep trouble >&2; exit 3", TrialState.Queued, "the command ended with exit code 3: deep trouble")]
    [InlineData("""echo 'hpo {"complete": {"loss": 1}}'; exit 3""", TrialState.Queued, "the command ended with exit code 3")]
    [InlineData("""echo 'hpo {"complete": {"accuracy": 1}}'""", TrialState.Queued, "values must hold every objective's metric, but got no 'loss'.")]
    [InlineData("""echo 'hpo nonsense'; sleep 600""", TrialState.Queued, "a line that starts with 'hpo ' must be a report such as hpo {\"step\": 1, \"values\": {\"loss\": 0.5}}, but got 'hpo nonsense'.")]
    [InlineData("""echo 'hpo {"complete": {"loss": 1}}'; head -c 300000 /dev/zero | tr '\0' x""", TrialState.Completed, null)]
    public async Task An_attempt_ends_as_the_program_does(string script, TrialState state, string? error)
    {
        var trial = await RunAsync(script);
        Assert.Equal((state, error), (trial.State, trial.Error));
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_broken_attempt()
    {
        var trial = await RunAsync("", new CommandSpec { Program = "/nowhere/train" });
        Assert.Equal(TrialState.Queued, trial.State);
        Assert.Contains("exit code 127", trial.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_program_leaves_running_is_killed_with_it()
    {
        await RunAsync("""(sleep 600 & echo $! > "$HPO_ARTIFACTS/pid"; setsid -f true); sleep 600 & echo 'hpo {"complete": {"loss": 1}}'""");
        await GoneAsync("pid");
    }

    [Fact]
    public async Task A_canceled_trial_s_program_is_asked_to_stop_and_killed_with_its_children_when_it_does_not()
    {
        var running = RunAsync("""trap 'echo asked' TERM; bash -c 'trap "" TERM; echo $$ > "$HPO_ARTIFACTS/pid"; while true; do sleep 0.1; done' & while true; do sleep 0.1; done""");
        await UntilAsync(() => File.Exists(Path.Combine(Files.ArtifactsOf(1, 0), "pid")));
        await Trials.CancelAsync("s", 0, "no more", default);
        Assert.Equal(TrialState.Canceled, (await running.WaitAsync(TimeSpan.FromSeconds(30))).State);
        await GoneAsync("pid");
        Assert.Contains("asked", await LogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_ends_well_when_asked_to_stop_is_believed()
    {
        var running = RunAsync("""trap 'echo "hpo {\"complete\": {\"loss\": 7}}"; exit 0' TERM; echo ready > "$HPO_ARTIFACTS/ready"; while true; do sleep 0.05; done""");
        await UntilAsync(() => File.Exists(Path.Combine(Files.ArtifactsOf(1, 0), "ready")));
        await Studies.PatchAsync("s", null, null, null, budget => budget with { MaxTrialSeconds = 0.001 }, default);
        Assert.Equal((TrialState.Completed, 7), ((await running.WaitAsync(TimeSpan.FromSeconds(30))) is var trial ? (trial.State, trial.Values!["loss"]) : default));
    }

    [Fact]
    public async Task A_result_counts_however_long_the_reports_before_it_take()
    {
        var running = RunAsync("""while [ ! -e "$HPO_ARTIFACTS/locked" ]; do sleep 0.02; done; for i in 1 2 3; do echo "hpo {\"step\": $i, \"values\": {\"loss\": 9} }"; done; sleep 0.2; echo 'hpo {"complete": {"loss": 1}}'; echo done > "$HPO_ARTIFACTS/done" """, onTaken: () => LockAsync(3000, Path.Combine(Files.ArtifactsOf(1, 0), "locked")));
        Assert.Equal((TrialState.Completed, 1), (await running) is var trial ? (trial.State, trial.Values!["loss"]) : default);
        Assert.DoesNotContain("held its output open", await LogAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_program_that_reports_over_HTTP_the_last_measurement_is_the_result()
    {
        var running = RunAsync("""while [ ! -e "$HPO_ARTIFACTS/go" ]; do sleep 0.02; done""", onTaken: async () =>
        {
            var held = await Trials.GetAsync("s", 0, default);
            Assert.Equal(TrialState.Running, held.State);
            await _services.GetRequiredService<LeaseStore>().ReportAsync("s", 0, _token!, new Measurement(3, new Dictionary<string, double> { ["loss"] = 0.25 }), default);
            await File.WriteAllTextAsync(Path.Combine(Files.ArtifactsOf(1, 0), "go"), "");
        });
        Assert.Equal((TrialState.Completed, 0.25), (await running) is var trial ? (trial.State, trial.Values!["loss"]) : default);
    }

    [Fact]
    public async Task A_report_that_is_refused_ends_the_attempt_though_something_holds_the_output_open()
    {
        var trial = await RunAsync("""sleep 300 & echo 'hpo {"step": 1, "values": {"loss": 1}}'; echo 'hpo {"step": -1, "values": {"loss": 1}}'""").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains("step >= 0 must hold", trial.Error, StringComparison.Ordinal);
    }

    [Theory, InlineData("train", true), InlineData("other", false)]
    public async Task No_job_is_asked_for_a_study_whose_command_the_worker_has_not(string has, bool asks)
    {
        var command = new CommandSpec { Program = "true" };
        await _services.GetRequiredService<CommandStore>().PublishAsync([command.ToCard("train")], default);
        var study = await Studies.CreateAsync(
            new StudyDefinition("s", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("loss", Direction.Minimize)],
                new SamplerSettings("random", 1), new PrunerSettings(), new Budget(), 2, new Runner(Runner.CommandKind, Command: "train")),
            null, new Dictionary<string, string>(), [], null, default);
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"));
        var options = new WorkerOptions { Name = "w", Slots = 1, TrialCommand = [], Commands = new Dictionary<string, CommandSpec> { [has] = command } };
        await using var worker = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddHpoStorage(database).AddHpoWorker(database, options).BuildServiceProvider();
        await worker.GetRequiredService<StudyJobs>().AdvanceAsync(study.Id, default);
        Assert.Equal(asks, await (await worker.GetRequiredService<ISchedulerFactory>().GetScheduler()).Exists(JobKeys.Advance(study.Id)));
    }

    [Fact]
    public async Task Two_workers_that_write_one_log_overwrite_nothing()
    {
        using (var first = Files.AppendLog(1, 0))
        using (var second = Files.AppendLog(1, 0))
            for (var i = 0; i < 5; i++)
            {
                first.Write($"first {i}");
                second.Write($"second {i}");
            }

        Assert.Equal(string.Concat(Enumerable.Range(0, 5).Select(i => $"first {i}\nsecond {i}\n")), await LogAsync());
    }

    [Fact]
    public async Task At_a_shutdown_a_program_is_asked_to_stop_and_has_time_to_keep_what_it_has()
    {
        using var shutdown = new CancellationTokenSource();
        var running = RunAsync("""trap 'sleep 0.1; echo kept > "$HPO_ARTIFACTS/checkpoint"; exit 1' TERM; echo ready > "$HPO_ARTIFACTS/ready"; while true; do sleep 0.05; done""", shutdown: shutdown.Token);
        await UntilAsync(() => File.Exists(Path.Combine(Files.ArtifactsOf(1, 0), "ready")));
        await shutdown.CancelAsync();
        var trial = await running.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((TrialState.Queued, null), (trial.State, trial.Error));
        Assert.Contains("checkpoint", Files.List(1, 0).Select(f => f.Name));
    }

    [Fact]
    public async Task A_program_does_not_see_the_worker_s_database()
    {
        Environment.SetEnvironmentVariable(Database.AddressVariable, "postgres://u:secret@h/d");
        try
        {
            await RunAsync("env; echo 'hpo {\"complete\": {\"loss\": 1}}'");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Database.AddressVariable, null);
        }

        var log = await LogAsync();
        Assert.Contains("HPO_TRIAL=0", log, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", log, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_put_in_place_once_whatever_they_look_like()
    {
        var command = new CommandSpec { Program = "train", Arguments = ["--in={data}", "{b}", "{c}{data}"] };
        Assert.Equal(["--in={b}--out=/x", "-1", "{c}{b}--out=/x"], command.Fill(new Dictionary<string, string> { ["data"] = "{b}--out=/x", ["b"] = "-1" }, new([])));
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_costs_the_trial_nothing()
    {
        File.CreateSymbolicLink(Path.Combine(Files.FolderOf(1, 0), "log"), "/dev/full");
        Assert.Equal(TrialState.Completed, (await RunAsync("echo words; echo 'hpo {\"complete\": {\"loss\": 1}}'")).State);
    }

    [Fact]
    public async Task A_program_dies_with_a_worker_that_is_killed()
    {
        // The worker's end of the pipe closes, however the worker dies: a shell plays it, with the pipe as its third file.
        var (pid, pipe) = (Path.Combine(_folder, "pid"), Path.Combine(_folder, "pipe"));
        var start = new ProcessStartInfo("bash")
        {
            Environment = { ["HPO_TRIAL_FILE"] = "/dev/null", ["SCRIPT"] = CommandProcess.Script, ["PIDFILE"] = pid, ["PIPE"] = pipe },
            ArgumentList = { "-c", """mkfifo "$PIPE"; setsid sh -c "$SCRIPT" sh bash -c 'echo $$ > "$PIDFILE"; sleep 600' <"$PIPE" & exec 9>"$PIPE"; while true; do sleep 1 9>&-; done""" },
        };
        using var worker = Process.Start(start)!;
        await UntilAsync(() => File.Exists(pid) && new FileInfo(pid).Length > 0);
        var id = int.Parse(await File.ReadAllTextAsync(pid));
        Assert.True(Processes.IsRunning(id));
        worker.Kill();
        await UntilAsync(() => !Processes.IsRunning(id));
    }

    [Theory]
    [InlineData("""{"a": {"arguments": []}}""")]
    [InlineData("""{"a": {"program": "x", "shell": true}}""")]
    [InlineData("""{"a": {"program": "x", "takes": {"b c": {}}}}""")]
    [InlineData("[]")]
    public async Task A_file_of_commands_with_a_mistake_is_refused(string json)
    {
        var path = Path.Combine(_folder, "commands.json");
        await File.WriteAllTextAsync(path, json);
        Assert.Contains("but got", Assert.ThrowsAny<HpoException>(() => CommandSpec.Load(path)).Message, StringComparison.Ordinal);
    }

    private StudyStore Studies => _services.GetRequiredService<StudyStore>();

    private TrialStore Trials => _services.GetRequiredService<TrialStore>();

    private TrialFiles Files => _services.GetRequiredService<TrialFiles>();

    private async Task<string> LogAsync()
    {
        using var reader = new StreamReader(Files.OpenLog(1, 0));
        return await reader.ReadToEndAsync();
    }

    private async Task GoneAsync(string file)
    {
        var id = int.Parse(await File.ReadAllTextAsync(Path.Combine(Files.ArtifactsOf(1, 0), file)));
        await UntilAsync(() => !Processes.IsRunning(id));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 600, "It did not come to that within 30 s.");
            await Task.Delay(50);
        }
    }

    // As another process that writes.
    private async Task LockAsync(int milliseconds, string? told = null)
    {
        using var other = new SqliteConnection($"Data Source={_folder}/hpo.db;Pooling=False");
        other.Open();
        using var begin = other.CreateCommand();
        begin.CommandText = "BEGIN EXCLUSIVE";
        begin.ExecuteNonQuery();
        if (told is not null)
            await File.WriteAllTextAsync(told, "");
        await Task.Delay(milliseconds);
    }

    private async Task<TrialView> RunAsync(string script, CommandSpec? command = null, Func<Task>? onTaken = null, CancellationToken shutdown = default)
    {
        command ??= new CommandSpec
        {
            Program = "bash", Arguments = ["-c", script, "bash", "--data={data}", "-v"], Takes = new Dictionary<string, CommandSpec.Taken> { ["data"] = new("digits") },
        };
        var options = new WorkerOptions
        {
            Name = "w", Slots = 1, TrialCommand = [], HeartbeatInterval = TimeSpan.FromMilliseconds(50), StopGrace = TimeSpan.FromSeconds(2),
            Commands = new Dictionary<string, CommandSpec> { ["train"] = command },
        };
        await _services.GetRequiredService<CommandStore>().PublishAsync([command.ToCard("train")], default);
        var arguments = command.Takes.Count == 0 ? null : new ParameterValues([new("data", "it's \"$(quoted)\"")]);
        var study = await Studies.CreateAsync(
            new StudyDefinition("s", new SearchSpace([new FloatParameter("x", 0, 1)]), [new Objective("loss", Direction.Minimize)],
                new SamplerSettings("random", 1), new PrunerSettings(), new Budget(), 2, new Runner(Runner.CommandKind, Command: "train", Arguments: arguments)),
            null, new Dictionary<string, string>(), [new ParameterValues([new("x", 0.5)])], null, default);
        var leases = _services.GetRequiredService<LeaseStore>();
        var trial = await leases.TakeAsync("s", "w", options.Lease, default);
        _token = trial!.Lease!.Token;
        var meanwhile = Task.Run(onTaken ?? (() => Task.CompletedTask), CancellationToken.None);
        using var pool = new TrialProcessPool(options);
        await new TrialRunner(leases, Trials, new Attempts(pool, options, Files, TimeProvider.System), options, TimeProvider.System, NullLogger<TrialRunner>.Instance)
            .RunAsync(study, trial!, shutdown).WaitAsync(TimeSpan.FromSeconds(60), CancellationToken.None);
        await meanwhile;
        return await Trials.GetAsync("s", 0, default);
    }
}
