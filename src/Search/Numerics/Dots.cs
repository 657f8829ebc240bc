using System.Numerics;
using System.Runtime.InteropServices;

namespace HpoService.Search.Numerics;

/// <summary>Inner products and sums, several at once where that saves loads.</summary>
/// <remarks>The order of summation depends on the length alone. The framework's own depends on where in memory a vector starts, so that the same seed
/// would not give the same trial to the last digit.</remarks>
internal static class Dots
{
    /// <summary>a·b; b at least as long as a, of shape [n].</summary>
    public static double One(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var n = a.Length;
        ref var r = ref MemoryMarshal.GetReference(a);
        ref var s = ref MemoryMarshal.GetReference(b[..n]);
        var (s0, s1, s2, s3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var (i, width) = (0, Vector<double>.Count);
        for (; i <= n - 4 * width; i += 4 * width)
        {
            s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)i), Vector.LoadUnsafe(ref s, (nuint)i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)(i + width)), Vector.LoadUnsafe(ref s, (nuint)(i + width)), s1);
            s2 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)(i + 2 * width)), Vector.LoadUnsafe(ref s, (nuint)(i + 2 * width)), s2);
            s3 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)(i + 3 * width)), Vector.LoadUnsafe(ref s, (nuint)(i + 3 * width)), s3);
        }

        for (; i <= n - width; i += width)
            s0 = Vector.FusedMultiplyAdd(Vector.LoadUnsafe(ref r, (nuint)i), Vector.LoadUnsafe(ref s, (nuint)i), s0);
        var sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The sum of a, of shape [n].</summary>
    public static double Sum(ReadOnlySpan<double> a)
    {
        var (sums, i) = (Vector<double>.Zero, 0);
        for (; i <= a.Length - Vector<double>.Count; i += Vector<double>.Count)
            sums += new Vector<double>(a[i..]);
        var sum = Vector.Sum(sums);
        for (; i < a.Length; i++)
            sum += a[i];
        return sum;
    }

    /// <summary>a·b0, a·b1, a·b2, a·b3; all at least as long as a, of shape [n].</summary>
    public static (double, double, double, double) Four(
        ReadOnlySpan<double> a, ReadOnlySpan<double> b0, ReadOnlySpan<double> b1, ReadOnlySpan<double> b2, ReadOnlySpan<double> b3)
    {
        var n = a.Length;
        // One check each, then loads without checks.
        ref var a0 = ref MemoryMarshal.GetReference(a);
        ref var r0 = ref MemoryMarshal.GetReference(b0[..n]);
        ref var r1 = ref MemoryMarshal.GetReference(b1[..n]);
        ref var r2 = ref MemoryMarshal.GetReference(b2[..n]);
        ref var r3 = ref MemoryMarshal.GetReference(b3[..n]);
        var (s0, s1, s2, s3) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            var v = Vector.LoadUnsafe(ref a0, (nuint)i);
            s0 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref r0, (nuint)i), s0);
            s1 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref r1, (nuint)i), s1);
            s2 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref r2, (nuint)i), s2);
            s3 = Vector.FusedMultiplyAdd(v, Vector.LoadUnsafe(ref r3, (nuint)i), s3);
        }

        var (t0, t1, t2, t3) = (Vector.Sum(s0), Vector.Sum(s1), Vector.Sum(s2), Vector.Sum(s3));
        for (; i < n; i++)
        {
            t0 += a[i] * b0[i];
            t1 += a[i] * b1[i];
            t2 += a[i] * b2[i];
            t3 += a[i] * b3[i];
        }

        return (t0, t1, t2, t3);
    }

    /// <summary>Adds a0·b0 + a1·b1 + a2·b2 + a3·b3 to a sum, shape [n]; all vectors at least as long.</summary>
    public static void AddFour(
        Span<double> sum, double a0, ReadOnlySpan<double> b0, double a1, ReadOnlySpan<double> b1, double a2, ReadOnlySpan<double> b2, double a3, ReadOnlySpan<double> b3)
    {
        var n = sum.Length;
        ref var s = ref MemoryMarshal.GetReference(sum);
        ref var r0 = ref MemoryMarshal.GetReference(b0[..n]);
        ref var r1 = ref MemoryMarshal.GetReference(b1[..n]);
        ref var r2 = ref MemoryMarshal.GetReference(b2[..n]);
        ref var r3 = ref MemoryMarshal.GetReference(b3[..n]);
        var (v0, v1, v2, v3) = (new Vector<double>(a0), new Vector<double>(a1), new Vector<double>(a2), new Vector<double>(a3));
        var i = 0;
        for (; i <= n - Vector<double>.Count; i += Vector<double>.Count)
        {
            var t = Vector.FusedMultiplyAdd(v0, Vector.LoadUnsafe(ref r0, (nuint)i), Vector.LoadUnsafe(ref s, (nuint)i));
            t = Vector.FusedMultiplyAdd(v1, Vector.LoadUnsafe(ref r1, (nuint)i), t);
            t = Vector.FusedMultiplyAdd(v2, Vector.LoadUnsafe(ref r2, (nuint)i), t);
            Vector.FusedMultiplyAdd(v3, Vector.LoadUnsafe(ref r3, (nuint)i), t).StoreUnsafe(ref s, (nuint)i);
        }

        for (; i < n; i++)
            sum[i] += a0 * b0[i] + a1 * b1[i] + a2 * b2[i] + a3 * b3[i];
    }
}
