// Notation of Hansen, The CMA Evolution Strategy: A Tutorial (2016, arXiv 1604.00772), table 1: n dimensions, λ = population, μ parents, w = weights.
namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>The strategy's constants, all as in the tutorial's table 1, with negative weights.</summary>
internal sealed class CmaParameters
{
    public CmaParameters(int dimensions, int population)
    {
        (Dimensions, Population) = (dimensions, population);
        var n = (double)dimensions;
        double[] raw = [.. Enumerable.Range(1, population).Select(i => Math.Log((population + 1) / 2.0) - Math.Log(i))];
        Parents = population / 2;
        MuEff = Effective(raw[..Parents]);
        C1 = 2 / ((n + 1.3) * (n + 1.3) + MuEff);
        CMu = Math.Min(1 - C1 - 1e-8, 2 * (MuEff - 2 + 1 / MuEff) / ((n + 2) * (n + 2) + MuEff));
        CSigma = (MuEff + 2) / (n + MuEff + 5);
        DSigma = 1 + 2 * Math.Max(0, Math.Sqrt((MuEff - 1) / (n + 1)) - 1) + CSigma;
        CC = (4 + MuEff / n) / (n + 4 + 2 * MuEff / n);
        ChiN = Math.Sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
        var negative = Math.Min(1 + C1 / CMu, Math.Min(1 + 2 * Effective(raw[Parents..]) / (MuEff + 2), (1 - C1 - CMu) / (n * CMu)));
        var (plus, minus) = (raw.Where(w => w > 0).Sum(), -raw.Where(w => w < 0).Sum());
        Weights = [.. raw.Select(w => w >= 0 ? w / plus : w * negative / minus)];
    }

    /// <summary>n.</summary>
    public int Dimensions { get; }

    /// <summary>λ.</summary>
    public int Population { get; }

    /// <summary>μ.</summary>
    public int Parents { get; }

    /// <summary>w from the best to the worst, shape [λ]; the positive ones sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>μ_eff.</summary>
    public double MuEff { get; }

    /// <summary>c₁.</summary>
    public double C1 { get; }

    /// <summary>c_μ.</summary>
    public double CMu { get; }

    /// <summary>c_σ.</summary>
    public double CSigma { get; }

    /// <summary>d_σ.</summary>
    public double DSigma { get; }

    /// <summary>c_c.</summary>
    public double CC { get; }

    /// <summary>The expected length of a standard normal vector.</summary>
    public double ChiN { get; }

    /// <summary>λ = 4 + ⌊3 ln n⌋.</summary>
    public static int DefaultPopulation(int dimensions) => 4 + (int)(3 * Math.Log(Math.Max(1, dimensions)));

    private static double Effective(double[] weights) => weights.Sum() * weights.Sum() / weights.Sum(w => w * w);
}
