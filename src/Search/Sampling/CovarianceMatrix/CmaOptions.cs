namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>Options of <c>cmaes</c>.</summary>
public sealed record CmaOptions
{
    /// <summary>Trials from the space's centre and a Sobol sequence, the best of which is the first mean, 1 to 1,000; default: 2 + d, at most 6.</summary>
    public int? InitialTrials { get; init; }

    /// <summary>Trials in a generation, 4 to 1,000; default: 4 + ⌊3 ln d⌋.</summary>
    public int? Population { get; init; }

    /// <summary>The first standard deviation, as a share of each range, 0.001 to 1; default: 0.1, or 0.15 where no parameter is continuous.</summary>
    public double? Sigma { get; init; }

    /// <summary>What follows when a search has converged: <c>bipop</c>, <c>ipop</c>, or <c>none</c>.</summary>
    public Restarts Restarts { get; init; } = Restarts.Bipop;

    internal void Validate()
    {
        Check(InitialTrials ?? 1, 1, 1000, "initialTrials");
        Check(Population ?? 4, 4, 1000, "population");
        Check(Sigma ?? 0.1, 0.001, 1, "sigma");
    }

    private static void Check(double value, double low, double high, string name) =>
        SamplerOptions.Require(value >= low && value <= high, "/sampler", name, $"{low} <= {name} <= {high}", value);
}

/// <summary>How a search goes on that has converged.</summary>
public enum Restarts
{
    /// <summary>It samples on where it is.</summary>
    None,

    /// <summary>From another mean, with twice the population each time (Auger and Hansen, CEC 2005).</summary>
    Ipop,

    /// <summary>In turn with twice the population and with a small one, whichever has used fewer trials (Hansen, GECCO 2009).</summary>
    Bipop,
}
