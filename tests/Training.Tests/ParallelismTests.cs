using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Training.Parallel;

namespace HpoService.Training.Tests;

/// <summary>The setting; what the processes do is in Worker.Tests.</summary>
public sealed class ParallelismTests
{
    [Theory]
    [InlineData("""{"parallelism": 2}""", "/parallelism", "parallelism must be an object with kind and processes, but got 2.")]
    [InlineData("""{"parallelism": {"processes": 2}}""", "/parallelism/kind", "parallelism.kind must be one of none, data, model, pipeline, but got none given.")]
    [InlineData("""{"parallelism": {"kind": "rows", "processes": 2}}""", "/parallelism/kind", "parallelism.kind must be one of none, data, model, pipeline, but got \"rows\".")]
    [InlineData("""{"parallelism": {"kind": "data"}}""", "/parallelism/processes", "2 <= parallelism.processes <= 8 must hold, but got none given.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 9}}""", "/parallelism/processes", "2 <= parallelism.processes <= 8 must hold, but got 9.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2.5}}""", "/parallelism/processes", "2 <= parallelism.processes <= 8 must hold, but got 2.5.")]
    [InlineData("""{"parallelism": {"kind": "none", "processes": 2}}""", "/parallelism/processes", "1 <= parallelism.processes <= 1 must hold, but got 2.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2, "bucketMegabytes": 0}}""", "/parallelism/bucketMegabytes", "0 < parallelism.bucketMegabytes <= 1024 must hold, but got 0.")]
    [InlineData("""{"parallelism": {"kind": "model", "processes": 2, "bucketMegabytes": 1}}""", "/parallelism/bucketMegabytes", "parallelism.bucketMegabytes must be left out unless kind is data, but got 1 for model.")]
    [InlineData("""{"parallelism": {"kind": "model", "processes": 2, "microBatches": 4}}""", "/parallelism/microBatches", "parallelism.microBatches must be left out unless kind is pipeline, but got 4 for model.")]
    [InlineData("""{"parallelism": {"kind": "pipeline", "processes": 2, "microBatches": 0}}""", "/parallelism/microBatches", "1 <= parallelism.microBatches <= 1024 must hold, but got 0.")]
    [InlineData("""{"parallelism": {"kind": "pipeline", "processes": 2, "microBatches": 64}}""", "/parallelism/microBatches", "parallelism.microBatches must be at most batchSize, but got parallelism.microBatches = 64, batchSize = 32.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2, "hosts": 2}}""", "/parallelism/hosts", "the fields of parallelism must be among kind, processes, microBatches, bucketMegabytes and timeoutSeconds, but got 'hosts'.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2, "timeoutSeconds": 0.5}}""", "/parallelism/timeoutSeconds", "1 <= parallelism.timeoutSeconds <= 86400 must hold, but got 0.5.")]
    [InlineData("""{"parallelism": {"kind": "none", "timeoutSeconds": 5}}""", "/parallelism/timeoutSeconds", "parallelism.timeoutSeconds must be left out where kind is none, but got 5 for none.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 4}, "batchSize": 3}""", "/batchSize", "batchSize must be at least parallelism.processes, but got batchSize = 3, parallelism.processes = 4.")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2}, "optimizer": "newtoncg"}""", "/optimizer", "optimizer must be of the first order with parallelism, or lbfgs with kind data, but got optimizer = newtoncg, parallelism.kind = data.")]
    [InlineData("""{"parallelism": {"kind": "pipeline", "processes": 2}, "optimizer": "lbfgs"}""", "/optimizer", "optimizer must be of the first order with parallelism, or lbfgs with kind data, but got optimizer = lbfgs, parallelism.kind = pipeline.")]
    public void What_is_wrong_is_named(string settings, string pointer, string message)
    {
        var e = Assert.Throws<InvalidSettingsException>(() => Ask.Train("mlp", settings));
        Assert.Equal((pointer, message), (e.Violations[0].Pointer, e.Message));
    }

    [Theory]
    [InlineData("""{"kind":"data","processes":3,"bucketMegabytes":0.5}""", 3)]
    [InlineData("""{"kind":"model","processes":2}""", 2)]
    [InlineData("""{"kind":"pipeline","processes":8,"microBatches":16,"timeoutSeconds":5}""", 8)]
    [InlineData("""{"kind":"none","processes":1}""", 1)]
    [InlineData("""{"kind":"data","processes":0}""", 1)] // which the training refuses then
    public void A_worker_knows_how_many_processes_to_start(string json, int processes)
    {
        using var settings = JsonDocument.Parse($$"""{"parallelism": {{json}}}""");
        Assert.Equal(processes, Parallelism.Of(new TrainingRequest("mlp", null, settings.RootElement, ParameterValues.Empty, 1)).Processes);
    }

    [Fact]
    public void A_model_s_card_can_hold_it()
    {
        var settings = Ask.Settings("""{"parallelism": {"kind": "data", "processes": 3}}""");
        Assert.Equal("""{"parallelism":{"kind":"data","processes":3}}""", JsonSerializer.Serialize(settings.Given, HpoJson.Options));
    }
}
