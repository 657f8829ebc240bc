using System.Numerics.Tensors;

namespace HpoService.Search.Numerics;

/// <summary>exp of many numbers that are at most 0.</summary>
internal static class Exponential
{
    // Beyond its range the framework's takes a slow way, which rounds otherwise, also for the numbers that stand beside: where in memory a vector starts would tell in the last digit.
    private const double Least = -700;

    /// <summary>Overwrites x, each at most 0, with exp(max(x, −700)): 1e-304 is as good as 0.</summary>
    public static void Overwrite(Span<double> x)
    {
        TensorPrimitives.Max(x, Least, x);
        TensorPrimitives.Exp(x, x);
    }
}
