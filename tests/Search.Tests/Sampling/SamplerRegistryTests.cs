using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Sampling.CovarianceMatrix;
using HpoService.Search.Sampling.GaussianProcess;
using HpoService.Search.Sampling.Genetic;
using HpoService.Search.Sampling.Grid;
using HpoService.Search.Sampling.ParzenEstimator;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Sampling;

public sealed class SamplerRegistryTests
{
    private static readonly Objective[] Two = [Histories.Minimize, new("size", Direction.Minimize)];

    [Fact]
    public void Every_kind_has_a_conformance_suite()
    {
        var suites = typeof(SamplerConformance).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(SamplerConformance)))
            .Select(t => ((SamplerConformance)Activator.CreateInstance(t)!).Kind);
        Assert.Equal(SamplerRegistry.Kinds.Order(), suites.Order());
    }

    [Fact]
    public void An_unknown_kind_is_refused_with_the_kinds_there_are()
    {
        var error = Assert.Throws<InvalidStudyException>(() => Create("bayes"));
        Assert.Equal("kind must be one of auto, grid, random, sobol, gp, tpe, cmaes, nsga2, but got 'bayes'.", error.Message);
        Assert.Equal("/sampler/kind", error.Violations[0].Pointer);
    }

    [Fact]
    public void Only_cmaes_takes_no_more_than_one_objective()
    {
        var error = Assert.Throws<InvalidStudyException>(() => SamplerRegistry.Create(new("cmaes", 1), TestSpaces.All["mixed"], Two));
        Assert.Equal(("/objectives", "the cmaes sampler needs exactly one objective, but got 2."), (error.Violations[0].Pointer, error.Message));
        foreach (var kind in SamplerRegistry.Kinds.Except(["cmaes"]))
            Assert.Single(SamplerRegistry.Create(new(kind, 1), TestSpaces.All["mixed"], Two).Suggest(new StudyHistory(TestSpaces.All["mixed"], Two, []), 1, CancellationToken.None));
    }

    [Fact]
    public void Auto_is_gp_and_for_long_histories_tpe_or_of_several_objectives_nsga2()
    {
        var space = TestSpaces.All["one float"];
        string By(IReadOnlyList<Objective> objectives, int trials) => SamplerRegistry.Create(new("auto", 1), space, objectives)
            .Suggest(Long(space, objectives, trials), 1, CancellationToken.None)[0].SuggestedBy;
        Assert.Equal("gp", By(Two[..1], 30));
        Assert.Equal("tpe", By(Two[..1], AutoSampler.MaxModelled + 1));
        Assert.Equal("gp", By(Two, 30));
        Assert.Equal("nsga2", By(Two, AutoSampler.MaxModelledOfSeveral + 1));
        // What failed or was canceled says nothing, and costs gp next to nothing.
        var failed = Long(space, Two[..1], AutoSampler.MaxModelled + 100);
        failed = failed with { Trials = [.. failed.Trials.Select(t => t.Number % 2 == 0 ? t with { State = t.Number % 4 == 0 ? TrialState.Failed : TrialState.Canceled } : t)] };
        Assert.Equal("gp", SamplerRegistry.Create(new("auto", 1), space, Two[..1]).Suggest(failed, 1, CancellationToken.None)[0].SuggestedBy);
    }

    private static StudyHistory Long(SearchSpace space, IReadOnlyList<Objective> objectives, int trials) => new(space, objectives, [.. Enumerable.Range(0, trials).Select(i =>
        new TrialSnapshot(i, TrialState.Completed, new([new("x", -5 + 15.0 * i / trials)]), objectives.ToDictionary(o => o.Metric, _ => (double)i), []))]);

    [Fact]
    public void Sobol_names_its_largest_number_of_parameters()
    {
        var space = new SearchSpace([.. Enumerable.Range(0, 65).Select(i => new BooleanParameter($"b{i}"))]);
        var error = Assert.Throws<InvalidStudyException>(() => SamplerRegistry.Create(new("sobol", 1), space, [Histories.Minimize]));
        Assert.Contains("at most 64 parameters, but got 65", error.Message);
        // The others take such a space.
        foreach (var kind in SamplerRegistry.Kinds.Except(["sobol"]))
            Assert.Single(SamplerRegistry.Create(new(kind, 1), space, [Histories.Minimize]).Suggest(Histories.Empty(space), 1, CancellationToken.None));
    }

    [Theory]
    [InlineData("gp", """{"initialTrials": 0}""", "/sampler/options/initialTrials", "1 <= initialTrials <= 1000 must hold, but got 0.")]
    [InlineData("gp", """{"candidates": 1}""", "/sampler/options/candidates", "16 <= candidates <= 100000 must hold, but got 1.")]
    [InlineData("gp", """{"maxObservations": 1}""", "/sampler/options/maxObservations", "must hold, but got 1.")]
    [InlineData("gp", """{"confidence": -1}""", "/sampler/options/confidence", "0 <= confidence <= 100 must hold, but got -1.")]
    [InlineData("gp", """{"acquisition": "magic"}""", "/sampler/options/acquisition", "but got")]
    [InlineData("gp", """{"candidates": "many"}""", "/sampler/options/candidates", "but got")]
    [InlineData("gp", """{"candidates": 20.5}""", "/sampler/options/candidates", "but got")]
    [InlineData("gp", "[]", "/sampler/options", "but got []")]
    [InlineData("tpe", """{"initialTrials": 0}""", "/sampler/options/initialTrials", "1 <= initialTrials <= 1000 must hold, but got 0.")]
    [InlineData("tpe", """{"candidates": 0}""", "/sampler/options/candidates", "1 <= candidates <= 10000 must hold, but got 0.")]
    [InlineData("tpe", """{"gamma": 0}""", "/sampler/options/gamma", "0 < gamma <= 0.5 must hold, but got 0.")]
    [InlineData("tpe", """{"bandwidth": 0}""", "/sampler/options/bandwidth", "0.01 <= bandwidth <= 10 must hold, but got 0.")]
    [InlineData("tpe", """{"priorWeight": 0}""", "/sampler/options/priorWeight", "0.01 <= priorWeight <= 100 must hold, but got 0.")]
    [InlineData("cmaes", """{"initialTrials": 0}""", "/sampler/options/initialTrials", "1 <= initialTrials <= 1000 must hold, but got 0.")]
    [InlineData("cmaes", """{"population": 3}""", "/sampler/options/population", "4 <= population <= 1000 must hold, but got 3.")]
    [InlineData("cmaes", """{"sigma": 2}""", "/sampler/options/sigma", "0.001 <= sigma <= 1 must hold, but got 2.")]
    [InlineData("cmaes", """{"restarts": "often"}""", "/sampler/options/restarts", "but got")]
    [InlineData("nsga2", """{"population": 3}""", "/sampler/options/population", "4 <= population <= 1000 must hold, but got 3.")]
    [InlineData("nsga2", """{"crossoverProbability": 1.1}""", "/sampler/options/crossoverProbability", "0 <= crossoverProbability <= 1 must hold, but got 1.1.")]
    [InlineData("nsga2", """{"mutationProbability": -1}""", "/sampler/options/mutationProbability", "0 <= mutationProbability <= 1 must hold, but got -1.")]
    [InlineData("nsga2", """{"crossoverIndex": 101}""", "/sampler/options/crossoverIndex", "must hold, but got 101.")]
    [InlineData("nsga2", """{"mutationIndex": -1}""", "/sampler/options/mutationIndex", "must hold, but got -1.")]
    [InlineData("grid", """{"resolution": 1}""", "/sampler/options/resolution", "2 <= resolution <= 1000 must hold, but got 1.")]
    [InlineData("grid", """{"Resolution": 5}""", "/sampler/options/Resolution", "one of [resolution], but got")]
    [InlineData("random", """{"seed": 5}""", "/sampler/options/seed", "but got")]
    public void Bad_options_are_refused_by_their_pointer(string kind, string options, string pointer, string message)
    {
        var error = Assert.Throws<InvalidStudyException>(() => Create(kind, options));
        Assert.Equal(pointer, error.Violations[0].Pointer);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void Options_take_effect() =>
        Assert.Equal(3, Create("grid", """{"resolution": 3}""").Suggest(Histories.Empty(TestSpaces.All["one float"]), 9, CancellationToken.None).Count);

    // What is not here needs a test of its own: maxSuggestSeconds (GpSamplerTests), restarts (CmaSamplerTests).
    public static TheoryData<string, string, string> Others => new()
    {
        { "gp", "initialTrials", "1000" }, { "gp", "maxObservations", "10" }, { "gp", "candidates", "16" }, { "gp", "trustRegion", "false" }, { "gp", "acquisition", "\"upperConfidenceBound\"" },
        { "gp", "confidence", "20" }, { "gp", "outputWarping", "false" }, { "gp", "noise", "false" },
        { "tpe", "initialTrials", "1000" }, { "tpe", "candidates", "1" }, { "tpe", "gamma", "0.5" }, { "tpe", "bandwidth", "10" }, { "tpe", "priorWeight", "100" },
        { "cmaes", "initialTrials", "1000" }, { "cmaes", "population", "30" }, { "cmaes", "sigma", "0.5" },
        { "nsga2", "population", "1000" }, { "nsga2", "crossoverProbability", "0" }, { "nsga2", "mutationProbability", "1" }, { "nsga2", "crossoverIndex", "0" }, { "nsga2", "mutationIndex", "0" },
        { "grid", "resolution", "3" },
    };

    [Theory, MemberData(nameof(Others))]
    public void Every_option_takes_effect(string kind, string option, string value)
    {
        // A bowl with noise and some outliers.
        var space = TestSpaces.All["mixed"];
        var history = Histories.Empty(space);
        for (var i = 0; i < 60; i++)
        {
            var stream = new RandomStream(8, i);
            var point = new UnitCube(space).Decode([.. space.Parameters.Select(_ => stream.NextDouble())]);
            history = history.Completed(point, i % 10 == 9 ? 1e4 : Histories.Bowl(space, point) + 0.05 * stream.NextNormal());
        }

        var with = kind == "gp" && option == "confidence" ? """{"acquisition": "upperConfidenceBound", """ : "{";
        IEnumerable<Suggestion> Suggested(string options) => Enumerable.Range(0, 6).SelectMany(seed =>
            Create(kind, options, space, seed).Suggest(history, kind == "grid" ? 100 : 5, CancellationToken.None));
        Assert.NotEqual(Suggested($"{with.TrimEnd(' ', ',')}}}"), Suggested($$"""{{with}}"{{option}}": {{value}}}"""));
    }

    [Fact]
    public void No_option_is_forgotten()
    {
        Dictionary<string, Type> options = new()
        {
            ["gp"] = typeof(GpOptions), ["tpe"] = typeof(TpeOptions), ["cmaes"] = typeof(CmaOptions), ["nsga2"] = typeof(NsgaOptions), ["grid"] = typeof(GridOptions),
        };
        Assert.Equal(
            options.SelectMany(o => o.Value.GetProperties().Select(p => $"{o.Key}.{char.ToLowerInvariant(p.Name[0])}{p.Name[1..]}")).Except(["gp.maxSuggestSeconds", "cmaes.restarts"]).Order(),
            Others.Select(row => $"{row[0]}.{row[1]}").Order());
    }

    [Theory]
    [InlineData("random"), InlineData("sobol"), InlineData("gp"), InlineData("tpe"), InlineData("cmaes"), InlineData("nsga2")]
    public void Another_seed_gives_other_points(string kind)
    {
        var space = TestSpaces.All["floats"];
        var history = Histories.Empty(space).Completed(new([new("lr", 0.1), new("m", 0.5), new("s", 0.5)]), 1);
        var points = Enumerable.Range(0, 5).Select(seed => SamplerRegistry.Create(new(kind, seed), space, [Histories.Minimize]).Suggest(history, 1, CancellationToken.None)[0].Parameters);
        Assert.Equal(5, points.Distinct().Count());
    }

    private static ISampler Create(string kind, string? options = null, SearchSpace? space = null, int seed = 1) => SamplerRegistry.Create(
        new SamplerSettings(kind, seed, options is null ? null : System.Text.Json.JsonDocument.Parse(options).RootElement), space ?? TestSpaces.All["one float"], [Histories.Minimize]);
}
