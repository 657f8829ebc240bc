// Notation: n trials with k scores each, larger is better: s, shape [k]; λ, shape [k] = a direction, λ_j > 0, |λ| = 1; b, shape [k] = size of the box that counts; r, shape [k] = its
// lowest corner.
using HpoService.Search.Sampling.Sobol;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Several objectives as one: min_j (s_j − r_j) / (λ_j·b_j), how far a ray from r along λ goes through what s dominates.</summary>
/// <remarks>Golovin and Zhang, Random Hypervolume Scalarizations for Provable Multi-Objective Black Box Optimization (ICML 2020, arXiv 2006.04655): over directions uniform on
/// the sphere the mean of the largest one's k-th power is the dominated volume, up to a constant. The box holds the front, and more where the front is but a point.</remarks>
internal sealed class Scalarization
{
    // Beyond the front's worst scores, so that its ends count: a share of what it spans. Of what all trials but the worst tenth span the box holds nearly half at least.
    private const double Margin = 0.05, Least = 0.45;
    private const double Steepest = 1e-3;
    private readonly double[] _reference, _scale;

    private Scalarization(double[] reference, double[] scale) => (_reference, _scale) = (reference, scale);

    /// <summary>Along λ, in a box around the front of these scores, shape [n][k], n ≥ 1.</summary>
    public Scalarization(IReadOnlyList<double[]> scores, double[] direction)
    {
        var front = Pareto.Fronts(scores, 1)[0].Select(i => scores[i]).ToList();
        double[] box = [.. direction.Select((_, j) => Math.Max((1 + Margin) * (Best(front, j) - front.Min(s => s[j])), Least * (Best(scores, j) - Poor(scores, j))) is > 0 and var size ? size : 1)];
        _reference = [.. box.Select((b, j) => Best(front, j) - b)];
        _scale = [.. box.Zip(direction, (b, l) => 1 / (b * Math.Max(l, Steepest)))];
    }

    /// <summary>By how much the part of objective j grows with its score.</summary>
    public double Scale(int j) => _scale[j];

    /// <summary>The part of objective j.</summary>
    public double Part(int j, double score) => _scale[j] * (score - _reference[j]);

    /// <summary>The score of s.</summary>
    public double Of(double[] s)
    {
        var least = double.PositiveInfinity;
        for (var j = 0; j < s.Length; j++)
            least = Math.Min(least, Part(j, s[j]));
        return least;
    }

    /// <summary>The same, of scores (s − mean) / deviation instead, shape [k] each.</summary>
    public Scalarization Standardised(double[] means, double[] deviations) =>
        new([.. _reference.Select((r, j) => (r - means[j]) / deviations[j])], [.. _scale.Zip(deviations, (s, d) => s * d)]);

    /// <summary>λ of a trial, shape [k]: uniform over all directions, k at most 8, by a Sobol sequence, so that few trials cover them evenly.</summary>
    /// <remarks>Trials of odd and of even numbers have a sequence each: in one for all, these would be different halves of the cube.</remarks>
    public static double[] Direction(int k, long seed, int number)
    {
        // The signs of normal numbers aside, their direction is uniform.
        var parts = new SobolSequence(k, seed ^ (number % 2)).At((uint)number / 2).Select(u => MathNet.Numerics.SpecialFunctions.ErfInv(Math.Clamp(u, 1e-12, 1 - 1e-12))).ToArray();
        var norm = Math.Sqrt(parts.Sum(p => p * p));
        return [.. parts.Select(p => p / norm)];
    }

    private static double Best(IReadOnlyList<double[]> scores, int j) => scores.Max(s => s[j]);

    private static double Poor(IReadOnlyList<double[]> scores, int j) => scores.Select(s => s[j]).Order().ElementAt(scores.Count / 10);
}
