using HpoService.Search.Pruning;

namespace HpoService.Search.Tests.Pruning;

public sealed class PrunerRegistryTests
{
    [Fact]
    public void Every_kind_has_a_conformance_suite()
    {
        var suites = typeof(PrunerConformance).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(PrunerConformance)))
            .Select(t => ((PrunerConformance)Activator.CreateInstance(t)!).Kind);
        Assert.Equal(PrunerRegistry.Kinds.Order(), suites.Order());
    }
}
