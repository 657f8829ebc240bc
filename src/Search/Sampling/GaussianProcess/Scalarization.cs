// Notation: n trials with k scores each, larger is better: s, shape [k]; λ, shape [k] = weights ≥ 0 of sum 1; z, shape [k] = how far s is from the best scores,
// in units of what the front spans.
using HpoService.Search.Sampling.Sobol;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Several objectives as one: −max_j λ_j z_j − 0.05 Σ_j λ_j z_j, whose best point lies on the front, another one for other weights.</summary>
/// <remarks>Knowles, ParEGO (IEEE Transactions on Evolutionary Computation 10(1), 2006), section III: the augmented Chebyshev function, new weights for each trial. Here weights
/// follow a Sobol sequence, so that few trials cover them evenly, and units are of the trials that no other dominates, not of all: one bad trial would make all good ones the same.</remarks>
internal sealed class Scalarization
{
    private const double Augmentation = 0.05;
    private readonly double[] _weights, _ideal, _span;

    /// <summary>Of the trials' scores, shape [n][k], n ≥ 1, and λ.</summary>
    public Scalarization(IReadOnlyList<double[]> scores, double[] weights)
    {
        var front = Pareto.Fronts(scores, 1)[0].Select(i => scores[i]).ToList();
        _weights = weights;
        _ideal = [.. weights.Select((_, j) => front.Max(s => s[j]))];
        _span = [.. weights.Select((_, j) => Span(front, j) is > 0 and var span ? span : Span(scores, j) is > 0 and var all ? all : 1)];
    }

    /// <summary>The score of s.</summary>
    public double Of(double[] s)
    {
        var (most, sum) = (double.NegativeInfinity, 0.0);
        for (var j = 0; j < s.Length; j++)
        {
            var weighted = _weights[j] * (_ideal[j] - s[j]) / _span[j];
            (most, sum) = (Math.Max(most, weighted), sum + weighted);
        }

        return -most - Augmentation * sum;
    }

    /// <summary>λ of a trial, shape [k]: uniform over all weights, k at most 8.</summary>
    public static double[] Weights(int k, long seed, int number)
    {
        // The spacings of uniform numbers on a logarithmic scale are uniform on the simplex.
        var parts = new SobolSequence(k, seed).At((uint)number).Select(u => -Math.Log(Math.Max(u, 1e-12))).ToArray();
        var sum = Math.Max(parts.Sum(), 1e-12);
        return [.. parts.Select(p => p / sum)];
    }

    private static double Span(IReadOnlyList<double[]> scores, int j)
    {
        var span = scores.Max(s => s[j]) - scores.Min(s => s[j]);
        return double.IsFinite(span) ? span : 0;
    }
}
