namespace HpoService.Search.Tests.Sampling;

public sealed class AutoConformance() : SamplerConformance("auto");

public sealed class GridConformance() : SamplerConformance("grid")
{
    protected override bool SuggestsInfinitelyManyPoints => false;
}

public sealed class RandomConformance() : SamplerConformance("random");

public sealed class SobolConformance() : SamplerConformance("sobol");

public sealed class GpConformance() : SamplerConformance("gp");

public sealed class TpeConformance() : SamplerConformance("tpe");

public sealed class CmaConformance() : SamplerConformance("cmaes");
