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

    /// <summary>Row i of L, shape [i + 1].</summary>
    public ReadOnlySpan<double> Row(int i) => _l.AsSpan(i * Size, i + 1);

    /// <summary>Factors A, of which the lower triangle is read and overwritten; null when A is not positive definite or not finite, or <paramref name="isOver"/>,
    /// which is asked before each four rows, is true.</summary>
    public static Cholesky? Factor(double[] a, int n, Func<bool>? isOver = null)
    {
        var i = 0;
        // Four rows at a time share their reads of the rows above.
        for (; i + 4 <= n; i += 4)
        {
            if (isOver?.Invoke() == true)
                return null;
            for (var j = 0; j < i; j++)
            {
                var pivot = 1 / a[j * n + j];
                var (d0, d1, d2, d3) = Dots.Four(
                    a.AsSpan(j * n, j), a.AsSpan(i * n, j), a.AsSpan((i + 1) * n, j), a.AsSpan((i + 2) * n, j), a.AsSpan((i + 3) * n, j));
                a[i * n + j] = (a[i * n + j] - d0) * pivot;
                a[(i + 1) * n + j] = (a[(i + 1) * n + j] - d1) * pivot;
                a[(i + 2) * n + j] = (a[(i + 2) * n + j] - d2) * pivot;
                a[(i + 3) * n + j] = (a[(i + 3) * n + j] - d3) * pivot;
            }

            for (var k = i; k < i + 4; k++)
                if (!FinishRow(a, n, k, from: i))
                    return null;
        }

        for (; i < n; i++)
            if (!FinishRow(a, n, i, from: 0))
                return null;
        return new Cholesky(a, n);
    }

    /// <summary>Overwrites b, shape [n], with L⁻¹·b.</summary>
    public void SolveLower(Span<double> b)
    {
        for (var i = 0; i < Size; i++)
            b[i] = (b[i] - Dots.One(_l.AsSpan(i * Size, i), b[..i])) / _l[i * Size + i];
    }

    /// <summary>The same for four vectors, one after the other in b, shape [4, n].</summary>
    public void SolveLowerFour(Span<double> b) => SolveLowerFour(b, 0);

    /// <summary>Overwrites b, shape [n], with L⁻ᵀ·b.</summary>
    public void SolveUpper(Span<double> b)
    {
        for (var i = Size - 1; i >= 0; i--)
        {
            b[i] /= _l[i * Size + i];
            TensorPrimitives.MultiplyAdd(_l.AsSpan(i * Size, i), -b[i], b[..i], b[..i]);
        }
    }

    /// <summary>A⁻¹·b, shape [n].</summary>
    public double[] Solve(double[] b)
    {
        var solution = (double[])b.Clone();
        SolveLower(solution);
        SolveUpper(solution);
        return solution;
    }

    /// <summary>L·b, shape [n].</summary>
    public double[] MultiplyLower(ReadOnlySpan<double> b)
    {
        var product = new double[Size];
        for (var i = 0; i < Size; i++)
            product[i] = Dots.One(_l.AsSpan(i * Size, i + 1), b[..(i + 1)]);
        return product;
    }

    /// <summary>The lower triangle of A⁻¹, shape [n, n]; above it stand zeros.</summary>
    public double[] InverseLower()
    {
        var n = Size;
        var columns = new double[n * n]; // row c = column c of L⁻¹, zero before c
        var c = 0;
        for (; c + 4 <= n; c += 4)
        {
            var four = columns.AsSpan(c * n, 4 * n);
            for (var k = 0; k < 4; k++)
                four[k * n + c + k] = 1;
            SolveLowerFour(four, c);
        }

        for (; c < n; c++)
        {
            columns[c * n + c] = 1;
            SolveLower(columns.AsSpan(c * n, n));
        }

        var inverse = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            var row = columns.AsSpan(i * n + i, n - i);
            var j = 0;
            for (; j + 4 <= i + 1; j += 4)
            {
                (inverse[i * n + j], inverse[i * n + j + 1], inverse[i * n + j + 2], inverse[i * n + j + 3]) = Dots.Four(
                    row, columns.AsSpan(j * n + i), columns.AsSpan((j + 1) * n + i), columns.AsSpan((j + 2) * n + i), columns.AsSpan((j + 3) * n + i));
            }

            for (; j <= i; j++)
                inverse[i * n + j] = Dots.One(row, columns.AsSpan(j * n + i, n - i));
        }

        return inverse;
    }

    // All four are zero before the first index.
    private void SolveLowerFour(Span<double> b, int first)
    {
        var n = Size;
        var b0 = b[first..n];
        var b1 = b[(n + first)..(2 * n)];
        var b2 = b[(2 * n + first)..(3 * n)];
        var b3 = b[(3 * n + first)..(4 * n)];
        for (var i = 0; i < n - first; i++)
        {
            var row = (i + first) * n + first;
            var pivot = 1 / _l[row + i];
            var (d0, d1, d2, d3) = Dots.Four(_l.AsSpan(row, i), b0, b1, b2, b3);
            b0[i] = (b0[i] - d0) * pivot;
            b1[i] = (b1[i] - d1) * pivot;
            b2[i] = (b2[i] - d2) * pivot;
            b3[i] = (b3[i] - d3) * pivot;
        }
    }

    private static bool FinishRow(double[] a, int n, int i, int from)
    {
        var row = a.AsSpan(i * n, i + 1);
        for (var j = from; j < i; j++)
            row[j] = (row[j] - Dots.One(row[..j], a.AsSpan(j * n, j))) / a[j * n + j];
        var pivot = row[i] - Dots.One(row[..i], row[..i]);
        if (!(pivot > 0) || !double.IsFinite(pivot))
            return false;
        row[i] = Math.Sqrt(pivot);
        return true;
    }
}
