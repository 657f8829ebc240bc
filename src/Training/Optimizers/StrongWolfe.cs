using TorchSharp;

namespace HpoService.Training.Optimizers;

/// <summary>The loss along a direction, at one step length.</summary>
/// <param name="T">The step length.</param>
/// <param name="F">The loss.</param>
/// <param name="G">The gradient.</param>
/// <param name="Slope">The gradient along the direction.</param>
internal sealed record LinePoint(double T, double F, torch.Tensor G, double Slope);

/// <summary>A step length of sufficient decrease and curvature (Nocedal and Wright, Numerical Optimization, algorithms 3.5 and 3.6), with the
/// interpolation and the limits of torch.optim.LBFGS's strong_wolfe. A loss that is not finite counts as too large.</summary>
internal static class StrongWolfe
{
    private const double C1 = 1e-4, C2 = 0.9, MinimalChange = 1e-9;
    private const int MaxSteps = 25;

    /// <param name="evaluate">The loss and gradient at a step length.</param>
    /// <param name="start">At 0.</param>
    /// <param name="t">The first length to try, above 0.</param>
    /// <param name="size">The largest component of the direction.</param>
    public static (LinePoint Point, int Evaluations) Search(Func<double, LinePoint> evaluate, LinePoint start, double t, double size)
    {
        var (previous, next) = (start, evaluate(t));
        var steps = 0;
        (LinePoint A, LinePoint B)? bracket = null;
        for (; steps < MaxSteps && bracket is null; steps++)
        {
            if (IsTooHigh(start, next) || steps > 1 && next.F >= previous.F)
                bracket = (previous, next);
            else if (Math.Abs(next.Slope) <= -C2 * start.Slope)
                return (next, steps + 1);
            else if (next.Slope >= 0)
                bracket = (previous, next);
            else
            {
                var longer = Cubic(previous, next, next.T + 0.01 * (next.T - previous.T), next.T * 10);
                (previous, next) = (next, evaluate(longer));
                continue;
            }

            break;
        }

        return Zoom(evaluate, start, bracket ?? (start, next), size, steps);
    }

    private static (LinePoint Point, int Evaluations) Zoom(
        Func<double, LinePoint> evaluate, LinePoint start, (LinePoint A, LinePoint B) bracket, double size, int steps)
    {
        var (a, b) = bracket;
        var isStuck = false;
        while (steps < MaxSteps && Math.Abs(b.T - a.T) * size >= MinimalChange)
        {
            var (low, high) = (Math.Min(a.T, b.T), Math.Max(a.T, b.T));
            var t = Cubic(a, b, low, high);
            var margin = 0.1 * (high - low);
            if (Math.Min(high - t, t - low) < margin)
            {
                if (isStuck || t >= high || t <= low)
                {
                    t = Math.Abs(t - high) < Math.Abs(t - low) ? high - margin : low + margin;
                    isStuck = false;
                }
                else
                    isStuck = true;
            }
            else
                isStuck = false;

            var next = evaluate(t);
            steps++;
            var (best, other) = a.F <= b.F ? (a, b) : (b, a);
            var isABest = a.F <= b.F;
            if (IsTooHigh(start, next) || next.F >= best.F)
                other = next;
            else
            {
                var isDone = Math.Abs(next.Slope) <= -C2 * start.Slope;
                if (!isDone && next.Slope * (other.T - best.T) >= 0)
                    other = best;
                best = next;
                if (isDone)
                    return (best, steps + 1);
            }

            (a, b) = isABest ? (best, other) : (other, best);
        }

        return (a.F <= b.F ? a : b, steps + 1);
    }

    private static bool IsTooHigh(LinePoint start, LinePoint point) => !(point.F <= start.F + C1 * point.T * start.Slope);

    // The minimum of the cubic through two points and their slopes, within bounds.
    private static double Cubic(LinePoint a, LinePoint b, double low, double high)
    {
        var d1 = a.Slope + b.Slope - 3 * (a.F - b.F) / (a.T - b.T);
        var square = d1 * d1 - a.Slope * b.Slope;
        if (!(square >= 0) || !double.IsFinite(square))
            return (low + high) / 2;
        var d2 = Math.Sqrt(square);
        var t = a.T <= b.T
            ? b.T - (b.T - a.T) * ((b.Slope + d2 - d1) / (b.Slope - a.Slope + 2 * d2))
            : a.T - (a.T - b.T) * ((a.Slope + d2 - d1) / (a.Slope - b.Slope + 2 * d2));
        return double.IsFinite(t) ? Math.Min(Math.Max(t, low), high) : (low + high) / 2;
    }
}
