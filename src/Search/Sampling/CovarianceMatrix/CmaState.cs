// Notation of Hansen's tutorial (see CmaParameters): m = mean, σ = step size, C = covariance = B·D²·Bᵀ, p_σ and p_c = evolution paths,
// y = (x − m)/σ.
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>The search distribution N(m, σ²C) after some generations. Never changes: an update is a new one.</summary>
internal sealed class CmaState
{
    // Below it eigenvalues are only rounding, relative to the largest.
    private const double LeastEigenvalue = 1e-14;
    private readonly Matrix<double> _c, _b;
    private readonly Vector<double> _d, _pathSigma, _pathC;

    /// <summary>A fresh one with C = I.</summary>
    public CmaState(CmaParameters parameters, double[] mean, double sigma)
        : this(parameters, mean, sigma, DenseMatrix.CreateIdentity(mean.Length), new DenseVector(mean.Length), new DenseVector(mean.Length), 0)
    {
    }

    private CmaState(CmaParameters parameters, double[] mean, double sigma, Matrix<double> c, Vector<double> pathSigma, Vector<double> pathC, int generation)
    {
        (Parameters, Mean, Sigma, _c, _pathSigma, _pathC, Generation) = (parameters, mean, sigma, c, pathSigma, pathC, generation);
        var eigen = c.Evd(Symmetricity.Symmetric);
        var values = eigen.EigenValues.Map(v => v.Real);
        _b = eigen.EigenVectors;
        _d = values.Map(v => Math.Sqrt(Math.Max(v, LeastEigenvalue * values.Maximum())));
        IsBroken = !double.IsFinite(sigma) || sigma <= 0 || !_d.All(double.IsFinite) || !mean.All(double.IsFinite) || _d.Minimum() <= 0;
    }

    private CmaState(CmaState other, double[] mean)
    {
        (Parameters, Mean, Sigma, _c, _pathSigma, _pathC, Generation) = (other.Parameters, mean, other.Sigma, other._c, other._pathSigma, other._pathC, other.Generation);
        (_b, _d, IsBroken) = (other._b, other._d, other.IsBroken);
    }

    public CmaParameters Parameters { get; }

    /// <summary>m, shape [n].</summary>
    public double[] Mean { get; }

    /// <summary>σ.</summary>
    public double Sigma { get; }

    /// <summary>How many updates there were.</summary>
    public int Generation { get; }

    /// <summary>Whether the numbers went wrong.</summary>
    public bool IsBroken { get; }

    /// <summary>The standard deviation in each direction, shape [n].</summary>
    public double[] Deviations() => [.. _c.Diagonal().Select(v => Sigma * Math.Sqrt(Math.Max(v, 0)))];

    /// <summary>C, shape [n][n].</summary>
    public double[,] Covariance() => _c.ToArray();

    /// <summary>The same with another mean.</summary>
    public CmaState At(double[] mean) => new(this, mean);

    /// <summary>y = B·D·z.</summary>
    /// <param name="z">Standard normal, shape [n].</param>
    public double[] Step(double[] z) => [.. _b * _d.PointwiseMultiply(DenseVector.OfArray(z))];

    /// <summary>The next generation.</summary>
    /// <remarks>Tutorial, equations 41 to 47, with negative weights. Points need not come from this distribution: steps longer than
    /// √n + 2n/(n + 2) are shortened to that, and σ grows at most e-fold (Hansen, Injecting External Solutions Into CMA-ES, 2011).</remarks>
    /// <param name="steps">y from the best to the worst, shape [λ][n].</param>
    /// <param name="feasible">How many of them, from the first, are feasible: no other one has a positive weight.</param>
    public CmaState Update(IReadOnlyList<double[]> steps, int feasible)
    {
        var p = Parameters;
        var n = p.Dimensions;
        var longest = Math.Sqrt(n) + 2.0 * n / (n + 2);
        var (y, lengths) = (new Vector<double>[steps.Count], new double[steps.Count]);
        for (var i = 0; i < y.Length; i++)
        {
            var step = DenseVector.OfArray(steps[i]);
            var length = Whiten(step).L2Norm();
            (y[i], lengths[i]) = (length > longest ? step * (longest / length) : step, Math.Min(length, longest));
        }

        var w = p.Weights.Select((weight, i) => weight > 0 && i >= feasible ? 0 : weight).ToArray();
        Vector<double> move = new DenseVector(n);
        for (var i = 0; i < p.Parents; i++)
            move += w[i] * y[i];
        var pathSigma = (1 - p.CSigma) * _pathSigma + Math.Sqrt(p.CSigma * (2 - p.CSigma) * p.MuEff) * Whiten(move);
        var expected = p.ChiN * Math.Sqrt(1 - Math.Pow(1 - p.CSigma, 2 * (Generation + 1)));
        var isSlow = pathSigma.L2Norm() < (1.4 + 2.0 / (n + 1)) * expected; // ‖p_σ‖ / √(1 − (1 − c_σ)^{2(g+1)}) < (1.4 + 2/(n+1))·χ_n
        var pathC = (1 - p.CC) * _pathC + (isSlow ? Math.Sqrt(p.CC * (2 - p.CC) * p.MuEff) : 0) * move;
        var keep = 1 + (isSlow ? 0 : p.C1 * p.CC * (2 - p.CC)) - p.C1 - p.CMu * w.Sum();
        var c = keep * _c + p.C1 * pathC.OuterProduct(pathC);
        for (var i = 0; i < y.Length; i++)
            c += p.CMu * (w[i] >= 0 ? w[i] : w[i] * n / (lengths[i] * lengths[i] + 1e-8)) * y[i].OuterProduct(y[i]);
        var sigma = Sigma * Math.Exp(Math.Min(1, p.CSigma / p.DSigma * (pathSigma.L2Norm() / p.ChiN - 1)));
        double[] mean = [.. DenseVector.OfArray(Mean) + Sigma * move];
        return new CmaState(p, mean, sigma, (c + c.Transpose()) / 2, pathSigma, pathC, Generation + 1);
    }

    // C^(−½)·v
    private Vector<double> Whiten(Vector<double> v) => _b * _b.TransposeThisAndMultiply(v).PointwiseDivide(_d);
}
