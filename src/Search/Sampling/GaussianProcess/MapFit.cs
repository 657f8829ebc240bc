// Notation as in MarginalLikelihood.cs.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Finds the most probable hyperparameters: bounded L-BFGS from several starts.</summary>
internal static class MapFit
{
    /// <summary>Up to so many observations every start is tried; the fewer there are, the more optima the posterior has.</summary>
    private const int Few = 64;

    private const int Iterations = 60, IterationsOfMany = 25;

    /// <summary>θ, the best of all starts; null when every one fails numerically.</summary>
    /// <param name="likelihood">Of θ.</param>
    /// <param name="isSmooth">Whether only the start that suits a smooth function is tried.</param>
    /// <param name="isOver">Asked before each evaluation: when true the best so far is returned.</param>
    public static double[]? Fit(MarginalLikelihood likelihood, bool isSmooth, Func<bool> isOver)
    {
        var isFew = likelihood.Count <= Few;
        var (low, high) = (likelihood.Low, likelihood.High);
        double[]? best = null;
        var bestValue = double.PositiveInfinity;
        // From smooth and nearly noise-free; from rough; from mostly noise: the optima that data of these kinds have lie far apart.
        (double? Scale, double Noise)[] starts = [(null, 1e-3), (0.2, 1e-4), (1.5, 0.1)];
        foreach (var (scale, noise) in starts.Take(isSmooth ? 1 : isFew ? 3 : 2))
        {
            var search = new BoundedLbfgs(likelihood.Start(scale, noise), low, high, isFew ? Iterations : IterationsOfMany, tolerance: 1e-2);
            while (!isOver() && search.Next() is { } point)
                search.Answer = likelihood.Evaluate(point, search.AnswerGradient);
            if (search.Value < bestValue)
                (best, bestValue) = (search.X, search.Value);
        }

        return best;
    }
}
