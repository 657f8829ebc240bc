using HpoService.Training;
using HpoService.Worker.Processes;

namespace HpoService.Worker.Tests;

public sealed class TrialProcessTests
{
    [Fact]
    public async Task A_crash_is_a_failed_attempt_with_the_exit_code()
    {
        using var process = new TrialProcess(Children.Script("read -r line; kill -SEGV $$"));
        Assert.Equal("the training process died with exit code 139", (await TrainAsync(process)).Failed);
    }

    [Fact]
    public async Task A_process_that_is_dead_before_it_is_asked_is_a_failed_attempt()
    {
        using var process = new TrialProcess(Children.Script("exit 3"));
        while (process.IsAlive)
            await Task.Delay(10);
        Assert.Equal("the training process died with exit code 3", (await TrainAsync(process)).Failed);
        process.Stop(); // harmless
    }

    [Fact]
    public void A_request_without_settings_and_data_set_arrives()
    {
        var sent = new TrainingRequest("mlp", null, null, new([new("x", 0.5)]), 7);
        Assert.Equal(sent, Pipe.Read<TrainingRequest>(Pipe.Write(sent)));
        Assert.Equal(new Message(Failed: "x"), Pipe.Read<Message>(Pipe.Write(new Message(Failed: "x"))));
    }

    [Theory]
    [InlineData("libtorch says hello")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"measurement":{"step":1,"values":{"accuracy":0.5}}""")]
    [InlineData("""{"surprise":1}""")]
    [InlineData("")]
    public async Task Garbage_on_its_output_is_a_failed_attempt_that_shows_it(string line)
    {
        using var process = new TrialProcess(Children.Script($"read -r request; echo '{line}'; sleep 600"));
        Assert.Equal($"a training process must write messages, but got '{line}'", (await TrainAsync(process)).Failed);
    }

    [Fact]
    public async Task Measurements_come_in_order_NaN_among_them()
    {
        using var process = new TrialProcess(Children.Script("""
            read -r line
            echo '{"measurement":{"step":1,"values":{"loss":"NaN"}}}'
            echo '{"measurement":{"step":2,"values":{"loss":0.5}}}'
            echo '{"infeasible":"diverged"}'
            """));
        var reported = new List<(long, double)>();
        var end = await process.TrainAsync(Children.Request, m => { reported.Add((m.Step, m.Values["loss"])); return Task.CompletedTask; }, default);
        Assert.Equal([(1, double.NaN), (2, 0.5)], reported);
        Assert.Equal("diverged", end.Infeasible);
    }

    [Fact]
    public async Task A_process_that_closes_its_output_and_stays_is_a_failed_attempt()
    {
        using var process = new TrialProcess(Children.Script("read -r line; exec >&-; exec sleep 600"));
        Assert.Equal("the training process closed its output without an answer", (await TrainAsync(process)).Failed);
    }

    [Fact]
    public async Task Stops_from_several_threads_do_not_mix_their_lines()
    {
        // Answers a stop only if every line so far was whole.
        using var process = new TrialProcess(Children.Script("""
            read -r line
            for i in {1..5000}; do read -r line; [ "$line" = '{"stop":true}' ] || { echo "$line"; exit; }; done
            echo '{"stopped":true}'
            """));
        var training = TrainAsync(process);
        await Task.Delay(200);
        Parallel.For(0, 5000, _ => process.Stop());
        Assert.True((await training).Stopped);
    }

    [Fact]
    public async Task The_pool_reuses_a_process_that_is_idle_and_no_other()
    {
        using var pool = new TrialProcessPool(new WorkerOptions { Name = "w", Slots = 1, TrialCommand = Children.Script(Children.Good) });
        var first = pool.Rent();
        var id = (await TrainAsync(first)).Completed!["accuracy"];
        pool.Return(first, isIdle: true);
        var second = pool.Rent();
        Assert.Equal(id, (await TrainAsync(second)).Completed!["accuracy"]);
        pool.Return(second, isIdle: false);
        for (var wait = 0; Processes.IsRunning((int)id); wait++)
        {
            Assert.True(wait < 500, "a process that may be busy is killed");
            await Task.Delay(10);
        }

        var third = pool.Rent();
        Assert.NotEqual(id, (await TrainAsync(third)).Completed!["accuracy"]);
        third.Kill();
        while (third.IsAlive)
            await Task.Delay(10);
        pool.Return(third, isIdle: true);
        Assert.True(pool.Rent().IsAlive);
    }

    private static Task<Message> TrainAsync(TrialProcess process) =>
        process.TrainAsync(Children.Request, _ => Task.CompletedTask, default).WaitAsync(TimeSpan.FromSeconds(30));
}
