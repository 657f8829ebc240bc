// Notation: A = L·Lᵀ, shape [n, n]; W = L⁻¹, lower triangular. Eight vectors of length n at once stand interleaved: element i of vector c at [8·i + c].
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HpoService.Search.Numerics;

/// <summary>The inverse W of the Cholesky factor of a symmetric positive definite matrix that grows by rows: O(n²) for one more row, and
/// products instead of substitutions, whose steps would wait for each other. Not for use by two threads.</summary>
/// <remarks>Row i depends on the first i rows of A alone: a factor that was shortened and grown again is the one that was grown at once, to the last bit.</remarks>
internal sealed class InverseFactor
{
    /// <summary>How many vectors are multiplied at once.</summary>
    public const int Lanes = 8;

    private double[] _w;
    private int _stride;

    private InverseFactor(int capacity) => (_w, _stride) = (new double[capacity * capacity], capacity);

    /// <summary>n.</summary>
    public int Count { get; private set; }

    /// <summary>Factors A, of which the lower triangle is read and overwritten, shape [n, n]; null when it is not positive definite or not finite, or
    /// <paramref name="isOver"/>, which is asked every few rows, is true.</summary>
    public static InverseFactor? Of(double[] a, int n, Func<bool>? isOver = null)
    {
        if (Cholesky.Factor(a, n, isOver) is not { } factor)
            return null;
        var inverse = new InverseFactor(n + Math.Max(16, n / 8)) { Count = n };
        for (var i = 0; i < n; i++)
        {
            if (isOver?.Invoke() == true)
                return null;
            inverse.Substitute(factor.Row(i), i);
        }

        return inverse;
    }

    /// <summary>log det A of the first <paramref name="count"/> rows.</summary>
    public double LogDeterminant(int count)
    {
        var sum = 0.0;
        for (var i = 0; i < count; i++)
            sum -= Math.Log(_w[i * _stride + i]);
        return 2 * sum;
    }

    /// <summary>The diagonal of the inverse of A's first <paramref name="count"/> rows, shape [count].</summary>
    public double[] InverseDiagonal(int count)
    {
        // A⁻¹ = WᵀW.
        var diagonal = new double[count];
        for (var i = 0; i < count; i++)
        {
            var row = _w.AsSpan(i * _stride, i + 1);
            TensorPrimitives.MultiplyAdd(row, row, diagonal.AsSpan(0, i + 1), diagonal.AsSpan(0, i + 1));
        }

        return diagonal;
    }

    /// <summary>Forgets all rows but the first.</summary>
    public void Shorten(int count) => Count = Math.Min(Count, count);

    /// <summary>Adds the row (k, diagonal) to A; k of shape [n]. False, and unchanged, when A would not be positive definite.</summary>
    public bool Append(ReadOnlySpan<double> k, double diagonal)
    {
        if (Count == _stride)
            Grow();
        Span<double> l = new double[Count + 1];
        Multiply(k, l[..Count]);
        var pivot = diagonal - Dots.One(l[..Count], l[..Count]);
        // A pivot that is all rounding says nothing of its own.
        if (!(pivot > 1e-13 * diagonal) || !double.IsFinite(pivot))
            return false;
        l[Count] = Math.Sqrt(pivot);
        Substitute(l, Count);
        Count++;
        return true;
    }

    /// <summary>W·b of the first rows, shape [m] for b of shape [m].</summary>
    public void Multiply(ReadOnlySpan<double> b, Span<double> product)
    {
        for (var i = 0; i < b.Length; i++)
            product[i] = Dots.One(_w.AsSpan(i * _stride, i + 1), b[..(i + 1)]);
    }

    /// <summary>A⁻¹·b of the first rows, shape [m] for b of shape [m].</summary>
    public double[] Solve(ReadOnlySpan<double> b)
    {
        var (lower, solution) = (new double[b.Length], new double[b.Length]);
        Multiply(b, lower);
        for (var i = 0; i < b.Length; i++)
            TensorPrimitives.MultiplyAdd(_w.AsSpan(i * _stride, i + 1), lower[i], solution.AsSpan(0, i + 1), solution.AsSpan(0, i + 1));
        return solution;
    }

    /// <summary>W·b for eight vectors of length <paramref name="n"/>, interleaved.</summary>
    public void MultiplyEight(int n, ReadOnlySpan<double> b, Span<double> product)
    {
        ref var w = ref MemoryMarshal.GetArrayDataReference(_w);
        ref var x = ref MemoryMarshal.GetReference(b[..(Lanes * n)]);
        var i = 0;
        for (; i + 8 <= n; i += 8)
        {
            ref var r = ref System.Runtime.CompilerServices.Unsafe.Add(ref w, i * _stride);
            var (s0, s1, s2, s3) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
            var (s4, s5, s6, s7) = (s0, s0, s0, s0);
            // Above the diagonal stand zeros: the last columns of the first rows add nothing.
            for (var j = 0; j < i + 8; j++)
            {
                var v = Vector512.LoadUnsafe(ref x, (nuint)(Lanes * j));
                s0 = Vector512.FusedMultiplyAdd(At(ref r, j), v, s0);
                s1 = Vector512.FusedMultiplyAdd(At(ref r, j + _stride), v, s1);
                s2 = Vector512.FusedMultiplyAdd(At(ref r, j + 2 * _stride), v, s2);
                s3 = Vector512.FusedMultiplyAdd(At(ref r, j + 3 * _stride), v, s3);
                s4 = Vector512.FusedMultiplyAdd(At(ref r, j + 4 * _stride), v, s4);
                s5 = Vector512.FusedMultiplyAdd(At(ref r, j + 5 * _stride), v, s5);
                s6 = Vector512.FusedMultiplyAdd(At(ref r, j + 6 * _stride), v, s6);
                s7 = Vector512.FusedMultiplyAdd(At(ref r, j + 7 * _stride), v, s7);
            }

            var target = product.Slice(Lanes * i, 8 * Lanes);
            s0.CopyTo(target);
            s1.CopyTo(target[8..]);
            s2.CopyTo(target[16..]);
            s3.CopyTo(target[24..]);
            s4.CopyTo(target[32..]);
            s5.CopyTo(target[40..]);
            s6.CopyTo(target[48..]);
            s7.CopyTo(target[56..]);
        }

        for (; i < n; i++)
        {
            var sum = Vector512<double>.Zero;
            for (var j = 0; j <= i; j++)
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(_w[i * _stride + j]), Vector512.LoadUnsafe(ref x, (nuint)(Lanes * j)), sum);
            sum.CopyTo(product[(Lanes * i)..]);
        }
    }

    /// <summary>Wᵀ·b for eight vectors of length <paramref name="n"/>, interleaved.</summary>
    public void MultiplyTransposedEight(int n, ReadOnlySpan<double> b, Span<double> product)
    {
        product[..(Lanes * n)].Clear();
        ref var w = ref MemoryMarshal.GetArrayDataReference(_w);
        ref var x = ref MemoryMarshal.GetReference(b[..(Lanes * n)]);
        ref var y = ref MemoryMarshal.GetReference(product[..(Lanes * n)]);
        var i = 0;
        for (; i + 8 <= n; i += 8)
        {
            ref var r = ref System.Runtime.CompilerServices.Unsafe.Add(ref w, i * _stride);
            var (b0, b1, b2, b3) = (Load(ref x, i), Load(ref x, i + 1), Load(ref x, i + 2), Load(ref x, i + 3));
            var (b4, b5, b6, b7) = (Load(ref x, i + 4), Load(ref x, i + 5), Load(ref x, i + 6), Load(ref x, i + 7));
            for (var j = 0; j < i + 8; j++)
            {
                // Two sums, so that the additions do not all wait for each other.
                var s = Vector512.FusedMultiplyAdd(At(ref r, j), b0, Load(ref y, j));
                var t = At(ref r, j + _stride) * b1;
                s = Vector512.FusedMultiplyAdd(At(ref r, j + 2 * _stride), b2, s);
                t = Vector512.FusedMultiplyAdd(At(ref r, j + 3 * _stride), b3, t);
                s = Vector512.FusedMultiplyAdd(At(ref r, j + 4 * _stride), b4, s);
                t = Vector512.FusedMultiplyAdd(At(ref r, j + 5 * _stride), b5, t);
                s = Vector512.FusedMultiplyAdd(At(ref r, j + 6 * _stride), b6, s);
                t = Vector512.FusedMultiplyAdd(At(ref r, j + 7 * _stride), b7, t);
                (s + t).StoreUnsafe(ref y, (nuint)(Lanes * j));
            }
        }

        for (; i < n; i++)
        {
            var vector = Load(ref x, i);
            for (var j = 0; j <= i; j++)
                Vector512.FusedMultiplyAdd(Vector512.Create(_w[i * _stride + j]), vector, Load(ref y, j)).StoreUnsafe(ref y, (nuint)(Lanes * j));
        }
    }

    private static Vector512<double> At(ref double r, int offset) => Vector512.Create(System.Runtime.CompilerServices.Unsafe.Add(ref r, offset));

    private static Vector512<double> Load(ref double x, int i) => Vector512.LoadUnsafe(ref x, (nuint)(Lanes * i));

    // Row i of W from row i of L: w_i = (e_i − Σ_{j<i} l_ij·w_j) / l_ii.
    private void Substitute(ReadOnlySpan<double> l, int i)
    {
        var row = _w.AsSpan(i * _stride, _stride);
        row.Clear();
        var j = 0;
        for (; j + 4 <= i; j += 4)
            Dots.AddFour(
                row[..(j + 4)], l[j], _w.AsSpan(j * _stride, j + 4), l[j + 1], _w.AsSpan((j + 1) * _stride, j + 4),
                l[j + 2], _w.AsSpan((j + 2) * _stride, j + 4), l[j + 3], _w.AsSpan((j + 3) * _stride, j + 4));
        for (; j < i; j++)
            TensorPrimitives.MultiplyAdd(_w.AsSpan(j * _stride, j + 1), l[j], row[..(j + 1)], row[..(j + 1)]);
        TensorPrimitives.Multiply(row[..i], -1 / l[i], row[..i]);
        row[i] = 1 / l[i];
    }

    private void Grow()
    {
        var (old, stride) = (_w, _stride);
        _stride += Math.Max(16, stride / 4);
        _w = new double[_stride * _stride];
        for (var i = 0; i < Count; i++)
            old.AsSpan(i * stride, i + 1).CopyTo(_w.AsSpan(i * _stride));
    }
}
