namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Options of <c>gp</c>.</summary>
public sealed record GpOptions
{
    /// <summary>Trials before the model takes over, 1 to 1,000; default: 2 + d, at most 8 where all parameters are numbers, else at most 6. They are the space's
    /// centre, then steps along one number after another (<c>gp:step</c>) or a Sobol sequence (<c>gp:sobol</c>).</summary>
    public int? InitialTrials { get; init; }

    /// <summary>The most observations that the model is fitted to, 10 to 2,000: beyond it the best half stays, and of the others evenly many from all times.</summary>
    public int MaxObservations { get; init; } = 1000;

    /// <summary>Random candidates of the acquisition search, 16 to 100,000.</summary>
    public int Candidates { get; init; } = 1000;

    /// <summary>Whether every second trial comes from a model of the surroundings of the best point alone, once 2d + 5 trials have values.</summary>
    public bool TrustRegion { get; init; } = true;

    /// <summary>What makes a point worth a trial.</summary>
    public AcquisitionKind Acquisition { get; init; } = AcquisitionKind.LogExpectedImprovement;

    /// <summary>With <c>upperConfidenceBound</c>: how many standard deviations are added to the mean, 0 to 100.</summary>
    public double Confidence { get; init; } = 2;

    /// <summary>Whether outliers among bad scores, or all of these where that predicts better, are compressed, and in coarse spaces with next to no noise good ones
    /// stretched; else scores are only standardised.</summary>
    public bool OutputWarping { get; init; } = true;

    /// <summary>Whether the same point may have different values: the noise is learned; else the model goes through every value.</summary>
    public bool Noise { get; init; } = true;

    /// <summary>The time after which a suggestion answers with the best candidate so far, in seconds, 0.01 to 3,600; <c>suggestedBy</c> is then <c>gp:short</c>,
    /// or <c>gp:late</c> when there was no time for any. A fit that took all of it halves how many observations later ones have (<c>gp:fewer</c>), until one
    /// takes less than a sixteenth of it.</summary>
    public double MaxSuggestSeconds { get; init; } = 10;

    /// <summary>At most so many observations enter the fit of the hyperparameters, whose cost grows with their cube.</summary>
    internal int MaxFitted { get; private init; } = 200;

    /// <summary>See <see cref="Observations.FittedOf"/>: they all enter the model, whose cost grows with their square.</summary>
    internal int MaxNew { get; private init; } = Observations.MaxNew;

    /// <summary>For a model of half of n observations, or half of those that there were in it.</summary>
    internal GpOptions Half(int n) => this with
    {
        MaxObservations = Math.Max(10, Math.Min(MaxObservations, n) / 2), MaxFitted = Math.Max(10, Math.Min(MaxFitted, n) / 2), MaxNew = Math.Max(8, MaxNew / 2),
    };

    /// <summary>For a model of twice as many, no more than <paramref name="most"/> have.</summary>
    internal GpOptions Twice(GpOptions most) => this with
    {
        MaxObservations = Math.Min(2 * MaxObservations, most.MaxObservations), MaxFitted = Math.Min(2 * MaxFitted, most.MaxFitted), MaxNew = Math.Min(2 * MaxNew, most.MaxNew),
    };

    internal void Validate()
    {
        Check(InitialTrials ?? 1, 1, 1000, "initialTrials");
        Check(MaxObservations, 10, 2000, "maxObservations");
        Check(MaxSuggestSeconds, 0.01, 3600, "maxSuggestSeconds");
        Check(Confidence, 0, 100, "confidence");
        Check(Candidates, 16, 100_000, "candidates");
    }

    private static void Check(double value, double low, double high, string name)
    {
        if (value < low || value > high)
            throw new InvalidStudyException($"/sampler/options/{name}", $"{low} <= {name} <= {high} must hold, but got {value}.");
    }
}
