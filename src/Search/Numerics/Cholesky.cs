using System.Numerics.Tensors;

namespace HpoService.Search.Numerics;

/// <summary>The lower factor L of a symmetric positive definite A = L·Lᵀ, row-major in one array, shape [n, n].</summary>
internal sealed class Cholesky
{
    private readonly double[] _l;

    private Cholesky(double[] l, int n) => (_l, Size) = (l, n);

    public int Size { get; }

    /// <summary>log det A.</summary>
    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Size; i++)
                sum += Math.Log(_l[i * Size + i]);
            return 2 * sum;
        }
    }

    /// <summary>Factors A, of which the lower triangle is read and overwritten; null when A is not positive definite or not finite.</summary>
    public static Cholesky? Factor(double[] a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var rowI = a.AsSpan(i * n, i + 1);
            for (var j = 0; j < i; j++)
                rowI[j] = (rowI[j] - TensorPrimitives.Dot<double>(rowI[..j], a.AsSpan(j * n, j))) / a[j * n + j];
            var pivot = rowI[i] - TensorPrimitives.Dot<double>(rowI[..i], rowI[..i]);
            if (!(pivot > 0) || !double.IsFinite(pivot))
                return null;
            rowI[i] = Math.Sqrt(pivot);
        }

        return new Cholesky(a, n);
    }

    /// <summary>Overwrites b, shape [n], with L⁻¹·b.</summary>
    public void SolveLower(Span<double> b)
    {
        for (var i = 0; i < Size; i++)
            b[i] = (b[i] - TensorPrimitives.Dot<double>(_l.AsSpan(i * Size, i), b[..i])) / _l[i * Size + i];
    }

    /// <summary>Overwrites b, shape [n], with L⁻ᵀ·b.</summary>
    public void SolveUpper(Span<double> b)
    {
        for (var i = Size - 1; i >= 0; i--)
        {
            b[i] /= _l[i * Size + i];
            TensorPrimitives.MultiplyAdd(_l.AsSpan(i * Size, i), -b[i], b[..i], b[..i]);
        }
    }

    /// <summary>A⁻¹, shape [n, n].</summary>
    public double[] Inverse()
    {
        var n = Size;
        var lowerInverse = new double[n * n]; // row r of L⁻ᵀ, so column r of L⁻¹, stands in row r
        for (var c = 0; c < n; c++)
        {
            var column = lowerInverse.AsSpan(c * n, n);
            column[c] = 1 / _l[c * n + c];
            for (var i = c + 1; i < n; i++)
                column[i] = -TensorPrimitives.Dot<double>(_l.AsSpan(i * n + c, i - c), column[c..i]) / _l[i * n + i];
        }

        var inverse = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                inverse[i * n + j] = inverse[j * n + i] = TensorPrimitives.Dot<double>(lowerInverse.AsSpan(i * n + i, n - i), lowerInverse.AsSpan(j * n + i, n - i));
        return inverse;
    }
}
