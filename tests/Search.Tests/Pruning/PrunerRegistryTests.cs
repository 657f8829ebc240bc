using System.Text.Json;
using HpoService.Search.Pruning;

namespace HpoService.Search.Tests.Pruning;

public sealed class PrunerRegistryTests
{
    [Fact]
    public void Every_kind_has_a_conformance_suite()
    {
        var suites = typeof(PrunerConformance).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(PrunerConformance)))
            .Select(t => ((PrunerConformance)Activator.CreateInstance(t)!).Kind);
        Assert.Equal(PrunerRegistry.Kinds.Order(), suites.Distinct().Order());
    }

    [Theory]
    [InlineData("percentile", """{"percentile": 0}""", "percentile", "0 < percentile < 100 must hold, but got 0.")]
    [InlineData("percentile", """{"minTrials": 0}""", "minTrials", "minTrials >= 1 must hold, but got 0.")]
    [InlineData("median", """{"warmupSteps": -1}""", "warmupSteps", "warmupSteps >= 0 must hold, but got -1.")]
    [InlineData("successiveHalving", """{"minResource": 0}""", "minResource", "minResource >= 1 must hold, but got 0.")]
    [InlineData("successiveHalving", """{"reductionFactor": 1}""", "reductionFactor", "2 <= reductionFactor <= 100 must hold, but got 1.")]
    [InlineData("successiveHalving", """{"minEarlyStoppingRate": 31}""", "minEarlyStoppingRate", "must hold, but got 31.")]
    [InlineData("hyperband", """{"minResource": 9, "maxResource": 9}""", "maxResource", "maxResource > minResource must hold, but got 9.")]
    [InlineData("hyperband", """{"reductionFactor": 1.5}""", "reductionFactor", "but got")]
    [InlineData("threshold", """{"lower": 2, "upper": 1}""", "lower", "lower < upper must hold, but got [2, 1].")]
    [InlineData("patient", """{"patience": 0}""", "patience", "patience >= 1 must hold, but got 0.")]
    [InlineData("patient", """{"minDelta": -1}""", "minDelta", "minDelta >= 0 must hold, but got -1.")]
    [InlineData("patient", """{"pruner": {"kind": "brave"}}""", "pruner/kind", "kind must be one of none, median, percentile, successiveHalving, hyperband, threshold, patient, wilcoxon, but got 'brave'.")]
    [InlineData("patient", """{"pruner": {"kind": "median", "options": {"minTrials": 0}}}""", "pruner/options/minTrials", "minTrials >= 1 must hold, but got 0.")]
    [InlineData("patient", """{"pruner": {"kind": "median", "bogus": 1}}""", "pruner/bogus", "but got")]
    [InlineData("wilcoxon", """{"pThreshold": 0.6}""", "pThreshold", "0 < pThreshold <= 0.5 must hold, but got 0.6.")]
    [InlineData("wilcoxon", """{"minSteps": 0}""", "minSteps", "minSteps >= 1 must hold, but got 0.")]
    public void Bad_options_are_refused_by_their_pointer(string kind, string options, string option, string message)
    {
        var error = Assert.Throws<InvalidStudyException>(() => PrunerRegistry.Create(new(kind, JsonDocument.Parse(options).RootElement), seed: 1));
        Assert.Equal($"/pruner/options/{option}", Assert.Single(error.Violations).Pointer);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_threshold_needs_a_bound() => Assert.Equal(
        "threshold needs lower or upper, but got neither.", Assert.Throws<InvalidStudyException>(() => PrunerRegistry.Create(new("threshold"), seed: 1)).Message);
}
