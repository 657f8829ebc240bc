namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Options of <c>gp</c>.</summary>
public sealed record GpOptions
{
    /// <summary>Trials from the space's centre and a Sobol sequence before the model takes over, 1 to 1,000; default: 2 + d, at most 12.</summary>
    public int? InitialTrials { get; init; }

    /// <summary>The most observations that the model is fitted to, 10 to 5,000: beyond it the best half and the latest half stay.</summary>
    public int MaxObservations { get; init; } = 400;

    /// <summary>Random candidates of the acquisition search, 16 to 100,000.</summary>
    public int Candidates { get; init; } = 1000;

    internal void Validate()
    {
        Check(InitialTrials ?? 1, 1, 1000, "initialTrials");
        Check(MaxObservations, 10, 5000, "maxObservations");
        Check(Candidates, 16, 100_000, "candidates");
    }

    private static void Check(int value, int low, int high, string name)
    {
        if (value < low || value > high)
            throw new InvalidStudyException($"/sampler/options/{name}", $"{low} <= {name} <= {high} must hold, but got {value}.");
    }
}
