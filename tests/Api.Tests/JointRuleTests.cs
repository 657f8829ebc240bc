using HpoService.Storage;
using HpoService.Training.Models;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

/// <summary>Studies whose settings contradict each other, with the cards that workers publish.</summary>
public sealed class JointRuleTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Rate = """{"name":"learningRate","type":"float","low":0.0001,"high":0.1,"scale":"log"}""",
        Decay = """{"name":"weightDecay","type":"float","low":0.000001,"high":0.01,"scale":"log"}""";

    [Theory]
    [InlineData("transformer", """{"modelWidth":30}""", Rate, "/runner/settings/modelWidth", "modelWidth must be a multiple of heads, but got modelWidth = 30, heads = 4.")]
    [InlineData("transformer", """{"heads":7}""", """{"name":"modelWidth","type":"ordinal","values":[32,64]}""", "/parameters/0", "modelWidth must be a multiple of heads, but got modelWidth in {32, 64}, heads = 7.")]
    [InlineData("transformer", """{"heads":7}""", null, "/parameters/1", "modelWidth must be a multiple of heads, but got modelWidth in {32, 64, 128}, heads = 7.")]
    [InlineData("transformer", """{"optimizer":"newtoncg"}""", Rate, "/runner/settings/optimizer", "optimizer must not be newtoncg with a transformer, whose attention can be differentiated once only, but got optimizer = newtoncg.")]
    [InlineData("rnn", """{"optimizer":"newtoncg"}""", Rate, "/runner/settings/optimizer", "optimizer must not be newtoncg with an lstm, which can be differentiated once only, but got optimizer = newtoncg, cell = lstm.")]
    [InlineData("rnn", """{"cell":"lstm"}""", """{"name":"optimizer","type":"categorical","choices":["newtoncg"]}""", "/parameters/0", "optimizer must not be newtoncg with an lstm, which can be differentiated once only, but got optimizer = newtoncg, cell = lstm.")]
    [InlineData("cnn", """{"kernel":4}""", Rate, "/runner/settings/kernel", "kernel must be odd, but got kernel = 4.")]
    [InlineData("cnn", "{}", """{"name":"kernel","type":"categorical","choices":[2,4]}""", "/parameters/0", "kernel must be odd, but got kernel in {2, 4}.")]
    [InlineData("mlp", """{"validationFraction":0.5,"testFraction":0.5}""", Rate, "/runner/settings/validationFraction", "validationFraction + testFraction < 1 must hold, but got validationFraction = 0.5, testFraction = 0.5.")]
    [InlineData("mlp", """{"testFraction":0.8}""", Rate, "/runner/settings/testFraction", "validationFraction + testFraction < 1 must hold, but got validationFraction = 0.2, testFraction = 0.8.")]
    [InlineData("mlp", """{"testFraction":0.8}""", """{"name":"validationFraction","type":"float","low":0.3,"high":0.5}""", "/parameters/0", "validationFraction + testFraction < 1 must hold, but got validationFraction in [0.3, 0.5], testFraction = 0.8.")]
    [InlineData("cnn", """{"imageChannels":2}""", Rate, "/runner/settings/imageChannels", "imageChannels must be 0, 1 or 3, but got imageChannels = 2.")]
    [InlineData("mlp", """{"optimizer":"lbfgs","weightDecay":0.1}""", Rate, "/runner/settings/weightDecay", "weightDecay must be 0 with lbfgs and newtoncg (l2 is the penalty that they take), but got weightDecay = 0.1, optimizer = lbfgs.")]
    [InlineData("mlp", """{"optimizer":"newtoncg"}""", Rate + "," + Decay, "/parameters/1", "weightDecay must be 0 with lbfgs and newtoncg (l2 is the penalty that they take), but got weightDecay in [1E-06, 0.01], optimizer = newtoncg.")]
    [InlineData("mlp", """{"optimizer":"lbfgs","clipNorm":1}""", Rate, "/runner/settings/clipNorm", "clipNorm must be 0 with lbfgs and newtoncg, whose steps have their own lengths, but got clipNorm = 1, optimizer = lbfgs.")]
    [InlineData("mlp", """{"optimizer":"lbfgs","clipValue":1}""", Rate, "/runner/settings/clipValue", "clipValue must be 0 with lbfgs and newtoncg, whose steps have their own lengths, but got clipValue = 1, optimizer = lbfgs.")]
    [InlineData("mlp", """{"optimizer":"lbfgs","fineTuneRate":0.5}""", Rate, "/runner/settings/fineTuneRate", "fineTuneRate must be 1 with lbfgs and newtoncg where nothing is frozen, but got fineTuneRate = 0.5, freezeLayers = 0, optimizer = lbfgs.")]
    [InlineData("mlp", """{"optimizer":"newtoncg","parallelism":{"kind":"data","processes":2}}""", Rate, "/runner/settings/optimizer", "optimizer must be of the first order with parallelism, or lbfgs with kind data, but got optimizer = newtoncg, parallelism.kind = data.")]
    [InlineData("mlp", """{"optimizer":"lbfgs","parallelism":{"kind":"pipeline","processes":2}}""", Rate, "/runner/settings/optimizer", "optimizer must be of the first order with parallelism, or lbfgs with kind data, but got optimizer = lbfgs, parallelism.kind = pipeline.")]
    [InlineData("mlp", """{"parallelism":{"kind":"data","processes":4}}""", """{"name":"batchSize","type":"ordinal","values":[1,2,3]}""", "/parameters/0", "batchSize must be at least parallelism.processes, but got batchSize in {1, 2, 3}, parallelism.processes = 4.")]
    [InlineData("mlp", """{"batchSize":16,"parallelism":{"kind":"pipeline","processes":2,"microBatches":32}}""", Rate, "/runner/settings/parallelism/microBatches", "parallelism.microBatches must be at most batchSize, but got parallelism.microBatches = 32, batchSize = 16.")]
    public async Task A_study_of_which_no_trial_could_be_trained_is_422(string model, string settings, string? parameters, string pointer, string detail)
    {
        await PublishAsync();
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", Study("contradiction", model, settings, parameters));
        Assert.Equal((422, "/problems/invalid-study", pointer, detail), ((int)status, problem.GetProperty("type").GetString(), problem.GetProperty("pointer").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("lbfgs", "mlp", """{"optimizer":"lbfgs","l2":0.1,"clipNorm":0}""", Rate)]
    [InlineData("adam", "mlp", """{"optimizer":"adam","weightDecay":0.1}""", Rate)]
    [InlineData("gru", "rnn", """{"optimizer":"newtoncg","cell":"gru"}""", Rate)]
    [InlineData("own", "transformer", "{}", null)]
    [InlineData("data", "mlp", """{"optimizer":"lbfgs","parallelism":{"kind":"data","processes":2}}""", Rate)]
    [InlineData("frozen", "mlp", """{"optimizer":"lbfgs","fineTuneRate":0.5,"freezeLayers":-1}""", Rate)]
    public async Task One_that_keeps_the_rules_is_created_as_it_was_asked_for(string name, string model, string settings, string? parameters)
    {
        await PublishAsync();
        Assert.Empty((await api.PostAsync("studies", Study($"kept-{name}", model, settings, parameters))).GetProperty("parameterConstraints").EnumerateArray());
    }

    [Fact]
    public async Task Where_only_some_points_break_a_rule_the_others_are_proposed()
    {
        await PublishAsync();
        var study = Study("some", "transformer", """{"heads":6}""", """{"name":"modelWidth","type":"int","low":30,"high":60},{"name":"optimizer","type":"categorical","choices":["adam","lbfgs","newtoncg"]},""" + Decay);
        string[] rules = ["modelWidth % 6 == 0", "optimizer != 'newtoncg'", "optimizer != 'lbfgs' and optimizer != 'newtoncg'"];
        var created = await api.PostAsync("studies", study);
        Assert.Equal(rules, created.GetProperty("parameterConstraints").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(12, await api.Services.GetRequiredService<TrialDispatcher>().FillQueueAsync(created.GetProperty("id").GetInt64(), 12, default));
        foreach (var trial in (await api.GetAsync("studies/some/trials")).GetProperty("items").EnumerateArray())
            Assert.Equal((0, "adam"), (trial.GetProperty("parameters").GetProperty("modelWidth").GetInt32() % 6, trial.GetProperty("parameters").GetProperty("optimizer").GetString()));
        Assert.Equal(rules, (await api.PostAsync("studies/some/clone", """{"name":"some-more"}""")).GetProperty("parameterConstraints").EnumerateArray().Select(c => c.GetString()));
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/some/enqueue", """{"trials":[{"modelWidth":31}]}""");
        Assert.Equal((422, "/trials/0", "modelWidth % 6 == 0 must hold, but got modelWidth = 31."), ((int)status, problem.GetProperty("pointer").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Initial_trials_keep_them_too()
    {
        await PublishAsync();
        var study = Study("first", "mlp", "{}", """{"name":"optimizer","type":"categorical","choices":["adam","lbfgs"]},""" + Decay)[..^1] + ""","initialTrials":[{"optimizer":"lbfgs"}]}""";
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", study);
        Assert.Equal((422, "/initialTrials/0", "optimizer != 'lbfgs' must hold, but got optimizer = lbfgs."), ((int)status, problem.GetProperty("pointer").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Rules_that_only_together_leave_nothing_are_named()
    {
        await PublishAsync();
        var study = Study("together", "mlp", """{"optimizer":"lbfgs"}""", """{"name":"weightDecay","type":"float","low":0,"high":1},{"name":"clipNorm","type":"float","low":0,"high":1}""");
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", study);
        Assert.Equal(
            (422, "/parameters", "some of 10,000 random points must keep the rules between mlp's settings and all constraints, but got none for weightDecay == 0; clipNorm == 0."),
            ((int)status, problem.GetProperty("pointer").GetString(), problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task A_card_shows_them()
    {
        await PublishAsync();
        var rules = (await api.GetAsync("models/cnn")).GetProperty("rules").EnumerateArray().ToArray();
        Assert.Equal(("kernel", "kernel must be odd", "kernel % 2 == 1"), (rules[0].GetProperty("field").GetString(), rules[0].GetProperty("rule").GetString(), rules[0].GetProperty("holds").GetString()));
        Assert.Contains(rules, r => r.GetProperty("field").GetString() == "parallelism.microBatches");
    }

    private Task PublishAsync() => api.Services.GetRequiredService<ModelStore>().PublishAsync(ModelRegistry.Cards, default);

    private static string Study(string name, string model, string settings, string? parameters) =>
        $$$"""{"name":"{{{name}}}",{{{(parameters is null ? "" : $"\"parameters\":[{parameters}],")}}}"sampler":{"kind":"random","seed":1},"runner":{"kind":"training","model":"{{{model}}}","dataset":"digits","settings":{{{settings}}}}}""";
}
