namespace HpoService.Search.Sampling.ParzenEstimator;

/// <summary>Options of <c>tpe</c>.</summary>
public sealed record TpeOptions
{
    /// <summary>Trials from the space's centre and a Sobol sequence before the estimator takes over, 1 to 1,000.</summary>
    public int InitialTrials { get; init; } = 10;

    /// <summary>How many points are drawn from the good trials' density for each suggestion, 1 to 10,000.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>Which share of the finished trials is good, above 0, at most 0.5; 25 trials at most.</summary>
    public double Gamma { get; init; } = 0.15;

    /// <summary>The width of the kernels in units of Scott's rule, 0.01 to 10: smaller searches nearer to what is known.</summary>
    public double Bandwidth { get; init; } = 0.5;

    /// <summary>The weight of the uniform density, in trials, 0.01 to 100.</summary>
    public double PriorWeight { get; init; } = 1;

    internal void Validate()
    {
        Check(InitialTrials, 1, 1000, "initialTrials");
        Check(Candidates, 1, 10_000, "candidates");
        SamplerOptions.Require(Gamma is > 0 and <= 0.5, "/sampler", "gamma", "0 < gamma <= 0.5", Gamma);
        Check(Bandwidth, 0.01, 10, "bandwidth");
        Check(PriorWeight, 0.01, 100, "priorWeight");
    }

    private static void Check(double value, double low, double high, string name) =>
        SamplerOptions.Require(value >= low && value <= high, "/sampler", name, $"{low} <= {name} <= {high}", value);
}
