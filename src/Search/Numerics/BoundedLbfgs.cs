using System.Numerics.Tensors;

namespace HpoService.Search.Numerics;

/// <summary>Minimises a smooth function over a box: limited-memory BFGS on the free variables, with projected backtracking.</summary>
/// <remarks>The two-loop recursion of Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4, restricted to variables that are
/// not held at a bound by their gradient (Bertsekas, SIAM J. Control 20, 1982); Armijo's rule along the projected path. Never throws
/// and keeps the best point when the iteration cap is reached.</remarks>
internal static class BoundedLbfgs
{
    private const int Memory = 8;
    private const double Armijo = 1e-4;

    /// <summary>The value at a point; writes the gradient, shape [d]. Not finite = outside of where the function is defined.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    /// <summary>Improves <paramref name="x"/>, shape [d], in place and returns the value there.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">The start, inside the box.</param>
    /// <param name="low">Lower bounds.</param>
    /// <param name="high">Upper bounds.</param>
    /// <param name="iterations">The cap.</param>
    /// <param name="tolerance">Stops when the projected gradient's largest entry or the relative decrease falls below.</param>
    public static double Minimize(Objective f, double[] x, double[] low, double[] high, int iterations, double tolerance)
    {
        var d = x.Length;
        var (gradient, direction, trial, trialGradient) = (new double[d], new double[d], new double[d], new double[d]);
        var pairs = new List<(double[] S, double[] Y, double Rho)>(Memory);
        var value = f(x, gradient);
        if (!double.IsFinite(value))
            return value;
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            var steepest = 0.0;
            for (var i = 0; i < d; i++)
            {
                var blocked = (x[i] <= low[i] && gradient[i] > 0) || (x[i] >= high[i] && gradient[i] < 0);
                direction[i] = blocked ? 0 : gradient[i];
                steepest = Math.Max(steepest, Math.Abs(direction[i]));
            }

            if (steepest < tolerance)
                break;
            var free = Array.ConvertAll(direction, g => g != 0);
            Recurse(pairs, direction);
            for (var i = 0; i < d; i++)
                direction[i] = free[i] ? -direction[i] : 0;
            if (TensorPrimitives.Dot<double>(direction, gradient) >= 0)
            {
                pairs.Clear();
                for (var i = 0; i < d; i++)
                    direction[i] = free[i] ? -gradient[i] : 0;
            }

            var step = pairs.Count == 0 ? Math.Min(1, 0.1 / steepest) : 1.0;
            var accepted = double.NaN;
            for (var halving = 0; halving < 20; halving++, step *= 0.5)
            {
                var decrease = 0.0;
                for (var i = 0; i < d; i++)
                {
                    trial[i] = Math.Clamp(x[i] + step * direction[i], low[i], high[i]);
                    decrease += gradient[i] * (trial[i] - x[i]);
                }

                var candidate = f(trial, trialGradient);
                if (candidate <= value + Armijo * decrease && double.IsFinite(candidate))
                {
                    accepted = candidate;
                    break;
                }
            }

            if (double.IsNaN(accepted))
            {
                if (pairs.Count == 0)
                    break;
                pairs.Clear(); // the curvature misled: once more along the gradient
                continue;
            }

            Remember(pairs, x, trial, gradient, trialGradient);
            var gain = value - accepted;
            trial.CopyTo(x, 0);
            trialGradient.CopyTo(gradient, 0);
            value = accepted;
            if (gain <= tolerance * 1e-3 * (1 + Math.Abs(value)))
                break;
        }

        return value;
    }

    private static void Recurse(List<(double[] S, double[] Y, double Rho)> pairs, double[] q)
    {
        var alpha = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            alpha[i] = pairs[i].Rho * TensorPrimitives.Dot<double>(pairs[i].S, q);
            TensorPrimitives.MultiplyAdd(pairs[i].Y, -alpha[i], q, q);
        }

        if (pairs.Count > 0)
        {
            var (_, y, rho) = pairs[^1];
            TensorPrimitives.Multiply(q, 1 / (rho * TensorPrimitives.Dot<double>(y, y)), q);
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            var beta = pairs[i].Rho * TensorPrimitives.Dot<double>(pairs[i].Y, q);
            TensorPrimitives.MultiplyAdd(pairs[i].S, alpha[i] - beta, q, q);
        }
    }

    private static void Remember(List<(double[] S, double[] Y, double Rho)> pairs, double[] x, double[] next, double[] g, double[] nextG)
    {
        var (s, y) = (new double[x.Length], new double[x.Length]);
        TensorPrimitives.Subtract(next, x, s);
        TensorPrimitives.Subtract(nextG, g, y);
        var curvature = TensorPrimitives.Dot<double>(s, y);
        if (!(curvature > 1e-12 * TensorPrimitives.Norm<double>(s) * TensorPrimitives.Norm<double>(y)))
            return;
        if (pairs.Count == Memory)
            pairs.RemoveAt(0);
        pairs.Add((s, y, 1 / curvature));
    }
}
