// Notation as in MarginalLikelihood.cs.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Finds the most probable hyperparameters: bounded L-BFGS from several starts.</summary>
internal static class MapFit
{
    /// <summary>Up to so many observations every start is tried; the fewer there are, the more optima the posterior has.</summary>
    private const int Few = 64;

    private const int Iterations = 60, IterationsOfMany = 25;

    // Of more observations, only the start that is best after so many evaluations goes on: nine times in ten it is the best at the end.
    private const int Screening = 12;

    // In nats: no data tell such models apart.
    private const double LeastGain = 0.03;

    /// <summary>θ, the best of all starts; null when every one fails numerically.</summary>
    /// <param name="likelihood">Of θ.</param>
    /// <param name="isSmooth">Whether only the start that suits a smooth function is tried.</param>
    /// <param name="isOver">Asked before each evaluation: when true the best so far is returned.</param>
    /// <param name="smooth">What the start that suits a smooth function has led to already; null when it is to be tried.</param>
    public static double[]? Fit(MarginalLikelihood likelihood, bool isSmooth, Func<bool> isOver, double[]? smooth = null)
    {
        var isFew = likelihood.Count <= Few;
        var (low, high) = (likelihood.Low, likelihood.High);
        // From smooth and nearly noise-free; from rough; from mostly noise: the optima that data of these kinds have lie far apart.
        (double? Scale, double Noise)[] starts = [(null, 1e-3), (0.2, 1e-4), (1.5, 0.1)];
        var searches = starts.Take(isSmooth ? 1 : isFew ? 3 : 2)
            .Select(s => new BoundedLbfgs(likelihood.Start(s.Scale, s.Noise), low, high, isFew ? Iterations : IterationsOfMany, tolerance: 1e-2, LeastGain)).ToList();
        if (smooth is not null)
            searches[0] = new BoundedLbfgs([.. smooth], low, high, iterations: 0, tolerance: 0);
        if (!isFew)
        {
            searches.ForEach(s => Run(s, Screening));
            searches = [searches.MinBy(s => s.Value)!];
        }

        searches.ForEach(s => Run(s, int.MaxValue));
        var best = searches.MinBy(s => s.Value)!;
        return double.IsFinite(best.Value) ? best.X : null;

        void Run(BoundedLbfgs search, int evaluations)
        {
            for (var i = 0; i < evaluations && !isOver() && search.Next() is { } point; i++)
                search.Answer = likelihood.Evaluate(point, search.AnswerGradient);
        }
    }
}
