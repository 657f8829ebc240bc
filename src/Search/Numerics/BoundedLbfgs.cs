using System.Numerics.Tensors;

namespace HpoService.Search.Numerics;

/// <summary>Minimises a smooth function over a box: limited-memory BFGS on the free variables, with projected backtracking.</summary>
/// <remarks>The two-loop recursion of Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4, restricted to variables that are
/// not held at a bound by their gradient (Bertsekas, SIAM J. Control 20, 1982); Armijo's rule along the projected path. Never throws
/// and keeps the best point when the iteration cap is reached.</remarks>
internal sealed class BoundedLbfgs
{
    private const int Memory = 8;
    private const double Armijo = 1e-4;
    private readonly double[] _low, _high;
    private readonly int _iterations;
    private readonly double _tolerance, _leastGain;
    private readonly IEnumerator<double[]> _steps;

    /// <summary>A minimisation that asks for one value after another; see <see cref="Next"/>.</summary>
    /// <param name="x">The start, inside the box; becomes the best point so far.</param>
    /// <param name="low">Lower bounds.</param>
    /// <param name="high">Upper bounds.</param>
    /// <param name="iterations">The cap.</param>
    /// <param name="tolerance">Stops when the projected gradient's largest entry or the relative decrease falls below.</param>
    /// <param name="leastGain">Stops when two steps in a row decrease the value by less.</param>
    public BoundedLbfgs(double[] x, double[] low, double[] high, int iterations, double tolerance, double leastGain = 0)
    {
        (X, _low, _high, _iterations, _tolerance, _leastGain) = (x, low, high, iterations, tolerance, leastGain);
        AnswerGradient = new double[x.Length];
        _steps = Steps();
    }

    /// <summary>The value at a point; writes the gradient, shape [d]. Not finite = outside of where the function is defined.</summary>
    public delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

    /// <summary>The best point so far, shape [d].</summary>
    public double[] X { get; }

    /// <summary>The value there; infinite before the first answer.</summary>
    public double Value { get; private set; } = double.PositiveInfinity;

    /// <summary>The caller's answer to <see cref="Next"/>: the value at the point.</summary>
    public double Answer { get; set; }

    /// <summary>The caller's answer to <see cref="Next"/>: the gradient at the point, shape [d].</summary>
    public double[] AnswerGradient { get; }

    /// <summary>The next point whose value and gradient must be answered before the next call; null when done.</summary>
    public double[]? Next() => _steps.MoveNext() ? _steps.Current : null;

    /// <summary>Improves <paramref name="x"/>, shape [d], in place and returns the value there.</summary>
    public static double Minimize(Objective f, double[] x, double[] low, double[] high, int iterations, double tolerance)
    {
        var search = new BoundedLbfgs(x, low, high, iterations, tolerance);
        while (search.Next() is { } point)
            search.Answer = f(point, search.AnswerGradient);
        return search.Value;
    }

    private IEnumerator<double[]> Steps()
    {
        var (x, low, high, d) = (X, _low, _high, X.Length);
        var (gradient, direction, trial) = (new double[d], new double[d], new double[d]);
        var pairs = new List<(double[] S, double[] Y, double Rho)>(Memory);
        var small = 0;
        yield return x;
        Value = double.IsNaN(Answer) ? double.PositiveInfinity : Answer;
        AnswerGradient.CopyTo(gradient, 0);
        if (!double.IsFinite(Value))
            yield break;
        for (var iteration = 0; iteration < _iterations; iteration++)
        {
            var steepest = 0.0;
            for (var i = 0; i < d; i++)
            {
                var blocked = (x[i] <= low[i] && gradient[i] > 0) || (x[i] >= high[i] && gradient[i] < 0);
                direction[i] = blocked ? 0 : gradient[i];
                steepest = Math.Max(steepest, Math.Abs(direction[i]));
            }

            if (steepest < _tolerance)
                break;
            var free = Array.ConvertAll(direction, g => g != 0);
            Recurse(pairs, direction);
            for (var i = 0; i < d; i++)
                direction[i] = free[i] ? -direction[i] : 0;
            if (Dots.One(direction, gradient) >= 0)
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

                yield return trial;
                if (Answer <= Value + Armijo * decrease && double.IsFinite(Answer))
                {
                    accepted = Answer;
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

            Remember(pairs, x, trial, gradient, AnswerGradient);
            var gain = Value - accepted;
            trial.CopyTo(x, 0);
            AnswerGradient.CopyTo(gradient, 0);
            Value = accepted;
            small = gain < _leastGain ? small + 1 : 0;
            if (small == 2 || gain <= _tolerance * 1e-3 * (1 + Math.Abs(Value)))
                break;
        }
    }

    private static void Recurse(List<(double[] S, double[] Y, double Rho)> pairs, double[] q)
    {
        var alpha = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            alpha[i] = pairs[i].Rho * Dots.One(pairs[i].S, q);
            TensorPrimitives.MultiplyAdd(pairs[i].Y, -alpha[i], q, q);
        }

        if (pairs.Count > 0)
        {
            var (_, y, rho) = pairs[^1];
            TensorPrimitives.Multiply(q, 1 / (rho * Dots.One(y, y)), q);
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            var beta = pairs[i].Rho * Dots.One(pairs[i].Y, q);
            TensorPrimitives.MultiplyAdd(pairs[i].S, alpha[i] - beta, q, q);
        }
    }

    private static void Remember(List<(double[] S, double[] Y, double Rho)> pairs, double[] x, double[] next, double[] g, double[] nextG)
    {
        var (s, y) = (new double[x.Length], new double[x.Length]);
        TensorPrimitives.Subtract(next, x, s);
        TensorPrimitives.Subtract(nextG, g, y);
        var curvature = Dots.One(s, y);
        if (!(curvature > 1e-12 * Math.Sqrt(Dots.One(s, s)) * Math.Sqrt(Dots.One(y, y))))
            return;
        if (pairs.Count == Memory)
            pairs.RemoveAt(0);
        pairs.Add((s, y, 1 / curvature));
    }
}
