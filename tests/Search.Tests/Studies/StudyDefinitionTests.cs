using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;
using HpoService.Search.Tests.Spaces;

namespace HpoService.Search.Tests.Studies;

public sealed class StudyDefinitionTests
{
    private static readonly Objective Loss = new("loss", Direction.Minimize);

    private static StudyDefinition Create(
        string name = "s", IReadOnlyList<Objective>? objectives = null, string sampler = "random", string pruner = "none", Budget? budget = null,
        int maxAttempts = 3, Runner? runner = null) => new(
        name, TestSpaces.All["mixed"], objectives ?? [Loss], new SamplerSettings(sampler, 1), new PrunerSettings(pruner), budget ?? new Budget(), maxAttempts, runner ?? new Runner());

    public static TheoryData<Func<object>, string, string> Refused => new()
    {
        { () => Create(name: ""), "/name", "but got ''." },
        { () => Create(name: "a b"), "/name", "a name must be 1 to 200 letters, digits, '.', '_' or '-', and not only digits or dots, but got 'a b'." },
        { () => Create(name: "17"), "/name", "but got '17'." },
        { () => Create(objectives: []), "/objectives", "1 <= number of objectives <= 8 must hold, but got 0." },
        { () => Create(objectives: [Loss, Loss]), "/objectives", "metrics must be distinct, but got [loss, loss]." },
        { () => Create(sampler: "best"), "/sampler/kind", "but got 'best'." },
        { () => Create(pruner: "worst"), "/pruner/kind", "kind must be one of none, median, percentile, successiveHalving, hyperband, threshold, patient, wilcoxon, but got 'worst'." },
        { () => Create(maxAttempts: 0), "/maxAttempts", "1 <= maxAttempts <= 100 must hold, but got 0." },
        { () => Create(budget: new Budget { MaxTrials = 0 }), "/budget/maxTrials", "maxTrials >= 1 must hold, but got 0." },
        { () => Create(budget: new Budget { MaxParallelTrials = 0 }), "/budget/maxParallelTrials", "but got 0." },
        { () => Create(budget: new Budget { MaxSeconds = -1 }), "/budget/maxSeconds", "but got -1." },
        { () => Create(budget: new Budget { MaxTrialSeconds = double.NaN }), "/budget/maxTrialSeconds", "but got NaN." },
        { () => Create(budget: new Budget { MaxTrialsWithoutImprovement = 0 }), "/budget/maxTrialsWithoutImprovement", "but got 0." },
        { () => Create(runner: new Runner("cloud")), "/runner/kind", "but got 'cloud'." },
        { () => Create(runner: new Runner(Runner.Training)), "/runner/model", "a training runner must name its model, but got nothing." },
        { () => Create(runner: new Runner(Model: "mlp")), "/runner/model", "a runner of kind external must name no model or data set, but got 'mlp'." },
        { () => new Objective(" ", Direction.Minimize), "/metric", "but got ' '." },
        { () => new Objective("x", Direction.Minimize, double.NaN), "/target", "target must be finite, but got NaN." },
    };

    [Theory, MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_broken_rule_is_named_with_the_values(Func<object> create, string pointer, string message)
    {
        var error = Assert.Throws<InvalidStudyException>(create);
        Assert.Equal(pointer, Assert.Single(error.Violations).Pointer);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void All_broken_rules_are_listed_together() =>
        Assert.Equal(3, Assert.Throws<InvalidStudyException>(() => Create(name: "", maxAttempts: 0, budget: new Budget { MaxTrials = -1 })).Violations.Count);

    [Fact]
    public void A_score_is_larger_the_better()
    {
        Assert.True(Loss.Score(1) > Loss.Score(2));
        Assert.True(new Objective("accuracy", Direction.Maximize).Score(2) > new Objective("accuracy", Direction.Maximize).Score(1));
        Assert.True(new Objective("loss", Direction.Minimize, 0.1).Reaches(0.1));
        Assert.False(new Objective("loss", Direction.Minimize, 0.1).Reaches(0.11));
        Assert.False(new Objective("loss", Direction.Minimize, 0.1).Reaches(double.NaN));
        Assert.False(Loss.Reaches(double.NegativeInfinity));
    }
}
