using System.Numerics.Tensors;
using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Joint draws of what pending trials may turn out to be.</summary>
internal static class PendingDraws
{
    /// <summary>The model with the points, and for each draw its α, shape [draws][n + p], and the points' values, shape [draws][p]; null when the numerics fail or there is no time left.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pending">Shape [p][d].</param>
    /// <param name="y">The model's values, shape [n].</param>
    /// <param name="count">How many draws.</param>
    /// <param name="stream">Randomness.</param>
    /// <param name="isOver">Asked for each point: when true, it is given up.</param>
    public static (GpModel Model, double[][] Alphas, double[][] Values)? Of(
        GpModel model, IReadOnlyList<double[]> pending, double[] y, int count, RandomStream stream, Func<bool> isOver)
    {
        if (model.Joint(pending, isOver) is not var (means, covariance))
            return null;
        var p = means.Length;
        for (var a = 0; a < p; a++)
            covariance[a * p + a] += 1e-6 * model.Kernel.Signal; // Posterior covariances of close points are all but singular.
        if (Cholesky.Factor(covariance, p) is not { } root || model.With(pending, means, isOver) is not { } extended)
            return null;
        var (alphas, draws) = (new double[count][], new double[count][]);
        for (var i = 0; i < count; i++)
        {
            double[] normals = [.. means.Select(_ => stream.NextNormal())];
            draws[i] = root.MultiplyLower(normals);
            TensorPrimitives.Add(draws[i], means, draws[i]);
            alphas[i] = extended.AlphaOf([.. y, .. draws[i]]);
        }

        return (extended, alphas, draws);
    }
}
