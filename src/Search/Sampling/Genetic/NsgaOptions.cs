namespace HpoService.Search.Sampling.Genetic;

/// <summary>Options of <c>nsga2</c>.</summary>
public sealed record NsgaOptions
{
    /// <summary>How many of the best trials may be parents, and how many trials come from the space's centre and a Sobol sequence first, 4 to 1,000.</summary>
    public int Population { get; init; } = 20;

    /// <summary>The probability that a child mixes two parents, 0 to 1; otherwise it starts as a copy of one.</summary>
    public double CrossoverProbability { get; init; } = 0.9;

    /// <summary>The probability that a value mutates, 0 to 1; default: 1/d.</summary>
    public double? MutationProbability { get; init; }

    /// <summary>Distribution index of the crossover, 0 to 100: larger keeps children nearer to their parents.</summary>
    public double CrossoverIndex { get; init; } = 15;

    /// <summary>Distribution index of the mutation, 0 to 100: larger mutates less.</summary>
    public double MutationIndex { get; init; } = 20;

    internal void Validate()
    {
        Check(Population, 4, 1000, "population");
        Check(CrossoverProbability, 0, 1, "crossoverProbability");
        Check(MutationProbability ?? 0, 0, 1, "mutationProbability");
        Check(CrossoverIndex, 0, 100, "crossoverIndex");
        Check(MutationIndex, 0, 100, "mutationIndex");
    }

    private static void Check(double value, double low, double high, string name) =>
        SamplerOptions.Require(value >= low && value <= high, "/sampler", name, $"{low} <= {name} <= {high}", value);
}
