// Notation as in MarginalLikelihood.cs.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Finds the most probable hyperparameters: bounded L-BFGS from several starts.</summary>
internal static class MapFit
{
    private const int Iterations = 60;

    /// <summary>The best of all starts, conditioned on the observations; null when every one fails numerically.</summary>
    public static GpModel? Fit(Points x, double[] y, CancellationToken cancellationToken)
    {
        var likelihood = new MarginalLikelihood(x, y);
        var (low, high) = (likelihood.Low, likelihood.High);
        double[]? best = null;
        var bestValue = double.PositiveInfinity;
        // From smooth and nearly noise-free; from rough; from mostly noise: the optima that data of these kinds have lie far apart.
        foreach (var (scale, noise) in new[] { (likelihood.PriorMode, 1e-3), (0.2, 1e-4), (1.5, 0.1) })
        {
            var theta = likelihood.Start(Math.Clamp(scale, 0.03, 20), noise);
            var value = BoundedLbfgs.Minimize(
                (point, gradient) =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return likelihood.Evaluate(point, gradient);
                },
                theta, low, high, Iterations, tolerance: 1e-2);
            if (value < bestValue)
                (best, bestValue) = (theta, value);
        }

        return best is null ? null : GpModel.Condition(x, y, best, likelihood.Mean(best));
    }
}
