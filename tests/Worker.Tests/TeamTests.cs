using System.Text.Json;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;
using HpoService.Training.Parallel;
using HpoService.Training.Weights;
using HpoService.Worker.Processes;

namespace HpoService.Worker.Tests;

/// <summary>Training processes that the tests below share, as starting one takes a second.</summary>
public sealed class WarmProcesses : IDisposable
{
    internal TrialProcessPool Pool { get; } = new(new WorkerOptions { Name = "w", Slots = 1, TrialCommand = TrainingProgram.Command });

    internal string Folder { get; } = Directory.CreateTempSubdirectory("hpo-teams-").FullName;

    public void Dispose()
    {
        Pool.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A training in several processes is the training in one, within float tolerance; and ends as a whole.</summary>
public sealed class TeamTests(WarmProcesses warm) : IClassFixture<WarmProcesses>
{
    private const string Short = """ "epochs": 2, "optimizer": "nesterov", "learningRate": 0.05, "initialization": "xavierNormal", "maxTrainSamples": """;

    // 203 samples: the last batch has 11, which are shared out as 4, 4 and 3; 97: the last has one, and one of the processes none.
    [Theory]
    [InlineData("mlp", """ 203, "hidden": 24, "layers": 2""", 3)]
    [InlineData("mlp", """ 203, "accumulation": 2, "classWeights": "balanced", "mixup": 0.4, "labelSmoothing": 0.1, "clipNorm": 1, "l2": 0.01, "ema": 0.9, "patience": 1""", 2)]
    [InlineData("cnn", """ 97, "blocks": 2, "channels": 4, "rotation": 20""", 2)]
    [InlineData("mlp", """ 203, "hidden": 24, "norm": "batch", "accumulation": 2""", 3)]
    [InlineData("resnet", """ 64, "stageBlocks": 1, "width": 4, "freezeLayers": 1""", 3)]
    [InlineData("logistic", """ 200, "optimizer": "lbfgs", "learningRate": 1, "batchSize": 200, "innerIterations": 5""", 2)]
    public Task Data_parallel(string model, string settings, int processes) =>
        AssertSameAsync(model, settings, $$"""{"kind": "data", "processes": {{processes}}, "bucketMegabytes": 0.002}""");

    [Theory]
    [InlineData("mlp", """ 203, "layers": 3, "hidden": 24, "clipNorm": 0.5, "l1": 0.001, "mixup": 0.4""", 3)]
    [InlineData("resnet", """ 64, "stageBlocks": 1, "width": 4, "freezeLayers": 1, "ema": 0.9, "patience": 1""", 2)]
    public Task Layers_in_processes(string model, string settings, int processes) =>
        AssertSameAsync(model, settings, $$"""{"kind": "model", "processes": {{processes}}}""");

    [Theory]
    [InlineData("mlp", """ 203, "layers": 3, "hidden": 24, "accumulation": 2, "classWeights": "balanced" """, 4, 3)]
    [InlineData("transformer", """ 70, "modelWidth": 16, "encoderLayers": 2, "clipNorm": 1, "positions": "learned" """, 3, 8)]
    public Task Pipeline(string model, string settings, int processes, int microBatches) =>
        AssertSameAsync(model, settings, $$"""{"kind": "pipeline", "processes": {{processes}}, "microBatches": {{microBatches}}}""");

    [Fact]
    public async Task Batch_normalisation_in_a_pipeline_sees_micro_batches_as_accumulation_does()
    {
        var one = await RunAsync("cnn", Settings(""" 128, "channels": 4, "batchSize": 8, "accumulation": 4""", null), "one");
        var two = await RunAsync("cnn", Settings(""" 128, "channels": 4, "batchSize": 32""", """{"kind": "pipeline", "processes": 2, "microBatches": 4}"""), "two");
        AssertClose(one, two);
    }

    [Fact]
    public async Task Dropout_gives_the_same_result_in_each_training()
    {
        var settings = Settings(""" 150, "dropout": 0.5""", """{"kind": "data", "processes": 2}""");
        Assert.Equal((await RunAsync("mlp", settings, "once")).Curve, (await RunAsync("mlp", settings, "again")).Curve);
    }

    [Fact]
    public async Task A_killed_rank_ends_the_attempt_with_a_reason_that_names_it()
    {
        using var log = new TrialFiles(warm.Folder).AppendLog(1, 1);
        int[] ids;
        using (var attempt = new TeamAttempt(warm.Pool, Request("mlp", Settings(""" 900, "epochs": 10000""", """{"kind": "data", "processes": 2}"""), null), new("data", 2), log))
        {
            ids = [.. attempt.ProcessIds];
            var message = await attempt.RunAsync(m =>
            {
                if (m.Step == 2)
                    System.Diagnostics.Process.GetProcessById(ids[1]).Kill();
                return Task.CompletedTask;
            }, default).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal("rank 1 of 2 broke: the training process died with exit code 137", message.Failed);
        }

        Assert.All(ids, id => Assert.True(SpinWait.SpinUntil(() => !Processes.IsRunning(id), 5000), "no rank is left behind"));
    }

    [Theory]
    [InlineData("data", 2, 1)]
    [InlineData("data", 2, 0)]
    [InlineData("pipeline", 3, 1)]
    public async Task A_rank_that_hangs_ends_the_attempt_after_timeoutSeconds_with_a_reason_that_names_it(string kind, int processes, int rank)
    {
        using var log = new TrialFiles(warm.Folder).AppendLog(1, 3);
        var parallelism = $$"""{"kind": "{{kind}}", "processes": {{processes}}, "timeoutSeconds": 4}""";
        int[] ids;
        using (var attempt = new TeamAttempt(warm.Pool, Request("mlp", Settings(""" 900, "layers": 2, "epochs": 10000""", parallelism), null), new(kind, processes, TimeoutSeconds: 4), log))
        {
            ids = [.. attempt.ProcessIds];
            var message = await attempt.RunAsync(m =>
            {
                if (m.Step == 2)
                    Halt(ids[rank]);
                return Task.CompletedTask;
            }, default).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal($"rank {rank} of {processes} hung: the others waited in vain for its answer (parallelism.timeoutSeconds is 4, at the start 600)", message.Failed);
        }

        Assert.All(ids, id => Assert.True(SpinWait.SpinUntil(() => !Processes.IsRunning(id), 5000), "no rank is left behind"));
    }

    [Fact]
    public async Task A_stop_reaches_all_ranks()
    {
        using var log = new TrialFiles(warm.Folder).AppendLog(1, 2);
        using var attempt = new TeamAttempt(warm.Pool, Request("mlp", Settings(""" 200, "layers": 2, "epochs": 10000""", """{"kind": "model", "processes": 2}"""), null), new("model", 2), log);
        var message = await attempt.RunAsync(m =>
        {
            attempt.Stop();
            return Task.CompletedTask;
        }, default).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(message.Stopped);
    }

    [Fact]
    public async Task A_loss_that_diverges_is_infeasible_in_all_ranks_and_leaves_them_usable()
    {
        var settings = Settings(""" 200, "learningRate": 1e6, "epochs": 10""", """{"kind": "data", "processes": 2}""");
        Assert.Contains("diverged", (await MessageAsync(Request("mlp", settings, null), _ => { })).Infeasible, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_processes_than_layers_are_refused() => Assert.Equal(
        "parallelism.processes must be at most the network's layers, 2, with kind model or pipeline, but got 3.",
        (await MessageAsync(Request("mlp", Settings(""" 200, "layers": 1""", """{"kind": "model", "processes": 3}"""), null), _ => { })).Infeasible);

    private async Task AssertSameAsync(string model, string settings, string parallelism) =>
        AssertClose(await RunAsync(model, Settings(settings, null), "one"), await RunAsync(model, Settings(settings, parallelism), "many"));

    private static void AssertClose(Trained one, Trained many)
    {
        Assert.Equal(one.Curve.Count, many.Curve.Count);
        foreach (var (a, b) in one.Curve.Zip(many.Curve))
            Assert.All(a, v => Assert.True(Math.Abs(v.Value - b[v.Key]) <= 2e-5 * Math.Max(1, Math.Abs(v.Value)), $"{v.Key}: {v.Value} wanted, but got {b[v.Key]}"));
        Assert.Equal(one.Final.Keys.Order(), many.Final.Keys.Order());
        foreach (var (name, tensor) in one.Weights)
            Assert.All(tensor.Values.Zip(many.Weights[name].Values), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 2e-5, $"{name}: {pair.First} wanted, but got {pair.Second}"));
    }

    private async Task<Trained> RunAsync(string model, string settings, string name)
    {
        var (curve, artifacts) = (new List<Dictionary<string, double>>(), Path.Combine(warm.Folder, name));
        var message = await MessageAsync(Request(model, settings, artifacts), m => curve.Add(m.Values.Where(v => v.Key != "trainSeconds").ToDictionary()));
        Assert.True(message.Completed is not null, message.Failed ?? message.Infeasible);
        var weights = Safetensors.Read(Path.Combine(artifacts, TrainedModel.WeightsFile));
        Directory.Delete(artifacts, recursive: true);
        return new Trained(curve, message.Completed, weights);
    }

    private async Task<Message> MessageAsync(TrainingRequest request, Action<Measurement> report)
    {
        using var log = new TrialFiles(warm.Folder).AppendLog(1, 0);
        using IAttempt attempt = Parallelism.Of(request) is { Processes: > 1 } how ? new TeamAttempt(warm.Pool, request, how, log) : new TrainingAttempt(warm.Pool, request, log);
        return await attempt.RunAsync(m =>
        {
            report(m);
            return Task.CompletedTask;
        }, default).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static string Settings(string settings, string? parallelism)
    {
        // What a case says comes before what all of them say.
        var merged = JsonDocument.Parse($"{{{Short}{settings}}}", default).RootElement.EnumerateObject().GroupBy(p => p.Name).ToDictionary(g => g.Key, g => g.Last().Value);
        if (parallelism is not null)
            merged["parallelism"] = JsonDocument.Parse(parallelism).RootElement;
        return JsonSerializer.Serialize(merged);
    }

    private static TrainingRequest Request(string model, string settings, string? artifacts) =>
        new(model, "digits", JsonDocument.Parse(settings).RootElement, ParameterValues.Empty, 5, null, artifacts);

    private static void Halt(int id)
    {
        using var signal = System.Diagnostics.Process.Start("sh", ["-c", $"kill -STOP {id}"]);
        signal.WaitForExit();
        Assert.Equal(0, signal.ExitCode);
    }

    private sealed record Trained(List<Dictionary<string, double>> Curve, IReadOnlyDictionary<string, double> Final, Dictionary<string, WeightTensor> Weights);
}
