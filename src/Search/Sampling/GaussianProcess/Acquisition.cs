namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What makes a point worth a trial.</summary>
public enum AcquisitionKind
{
    /// <summary>The logarithm of the expected improvement over the best posterior mean.</summary>
    LogExpectedImprovement,

    /// <summary>The posterior mean plus some standard deviations.</summary>
    UpperConfidenceBound,
}

/// <summary>The function of a point that a search for the next trial maximises. Not for use by two threads.</summary>
internal interface IAcquisition
{
    /// <summary>Its values at many points, shape [points].</summary>
    /// <param name="points">Shape [points][d].</param>
    /// <param name="gradients">Written when given: gradients by the numeric coordinates, shape [points][d].</param>
    double[] At(IReadOnlyList<double[]> points, IReadOnlyList<double[]>? gradients = null);
}
