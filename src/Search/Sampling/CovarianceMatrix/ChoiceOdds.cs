// Notation: c choices of a parameter; q, shape [c] = their probabilities.
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>The probabilities of the choices of a parameter without an order, which move towards those of the better half of each generation.</summary>
/// <remarks>The categorical part of CatCMA (Hamano et al., GECCO 2024) with a fixed rate: q + r·Σw(e − q), and its margin: no choice falls below
/// (1 − 0.73^(1/N)) / (c − 1), N parameters of this kind, so that one sample in four has another than the likeliest choice somewhere.</remarks>
internal static class ChoiceOdds
{
    /// <summary>All alike.</summary>
    public static double[] Equal(long choices) => [.. Enumerable.Repeat(1.0 / choices, (int)choices)];

    /// <summary>q after a generation.</summary>
    /// <param name="odds">q before.</param>
    /// <param name="chosen">The choices of the better ones, −1 = inactive.</param>
    /// <param name="weights">Theirs, at least 0.</param>
    /// <param name="rate">r in (0, 1].</param>
    /// <param name="parameters">N.</param>
    public static double[] Update(double[] odds, IReadOnlyList<int> chosen, IReadOnlyList<double> weights, double rate, int parameters)
    {
        var next = (double[])odds.Clone();
        for (var i = 0; i < chosen.Count; i++)
            for (var k = 0; chosen[i] >= 0 && k < next.Length; k++)
                next[k] += rate * weights[i] * ((chosen[i] == k ? 1 : 0) - odds[k]);
        if (odds.Length == 1)
            return next;
        var least = Math.Min(1.0 / odds.Length, (1 - Math.Pow(0.73, 1.0 / parameters)) / (odds.Length - 1));
        var spare = next.Sum(q => Math.Max(q, least) - least);
        return [.. next.Select(q => spare > 0 ? least + (Math.Max(q, least) - least) / spare * (1 - least * odds.Length) : 1.0 / odds.Length)];
    }

    /// <summary>A choice.</summary>
    public static int Draw(double[] odds, RandomStream stream)
    {
        var (uniform, k) = (stream.NextDouble(), 0);
        for (; k < odds.Length - 1 && uniform >= odds[k]; k++)
            uniform -= odds[k];
        return k;
    }
}
