using HpoService.Search.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HpoService.Search.Tests.Numerics;

public sealed class InverseFactorTests
{
    private static Matrix<double> Positive(int n)
    {
        var stream = new RandomStream(5, n);
        var b = Matrix<double>.Build.Dense(n, n, (_, _) => stream.NextNormal());
        return b * b.Transpose() + n * Matrix<double>.Build.DenseIdentity(n);
    }

    private static double[] Lower(Matrix<double> a, int n)
    {
        var lower = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j <= i; j++)
                lower[i * n + j] = a[i, j];
        return lower;
    }

    [Theory, InlineData(1), InlineData(7), InlineData(8), InlineData(21), InlineData(40)]
    public void Products_and_solutions_agree_with_a_library(int n)
    {
        var a = Positive(n);
        var factor = InverseFactor.Of(Lower(a, n), n)!;
        var w = a.Cholesky().Factor.Inverse();
        var stream = new RandomStream(6, n);
        double[] b = [.. Enumerable.Range(0, 8 * n).Select(_ => stream.NextNormal())];
        double[] product = new double[8 * n], transposed = new double[8 * n];
        factor.MultiplyEight(n, b, product);
        factor.MultiplyTransposedEight(n, b, transposed);
        for (var c = 0; c < 8; c++)
        {
            var column = Vector<double>.Build.Dense(n, i => b[8 * i + c]);
            AssertClose(w * column, i => product[8 * i + c], n);
            AssertClose(w.Transpose() * column, i => transposed[8 * i + c], n);
            var solution = factor.Solve(column.ToArray());
            AssertClose(a.Solve(column), i => solution[i], n);
        }

        Assert.Equal(Math.Log(a.Determinant()), factor.LogDeterminant(n), 1e-8);

        AssertClose(a.Inverse().Diagonal(), i => factor.InverseDiagonal(n)[i], n);
    }

    [Fact]
    public void Shortened_and_grown_again_it_is_the_same_to_the_last_bit()
    {
        var (a, b) = (Positive(40), Vector<double>.Build.Dense(40, i => Math.Sin(i)).ToArray());
        var (once, again) = (Grown(a), Grown(a));
        again.Shorten(14);
        Grow(again, Positive(41), 41);
        again.Shorten(14);
        Grow(again, a, 40);
        Assert.Equal(once.Solve(b), again.Solve(b));
    }

    [Fact]
    public void A_row_that_is_a_combination_of_others_is_refused_and_changes_nothing()
    {
        var a = Positive(10);
        var factor = InverseFactor.Of(Lower(a, 10), 10)!;
        Assert.False(factor.Append(a.Row(3).ToArray(), a[3, 3]));
        Assert.False(factor.Append(new double[10], double.NaN));
        Assert.Equal(10, factor.Count);
        Assert.True(factor.Append(new double[10], 1));
        Assert.Null(InverseFactor.Of([1, 0, 2, 1], 2));
    }

    private static InverseFactor Grown(Matrix<double> a)
    {
        var factor = InverseFactor.Of(Lower(a, 12), 12)!;
        Grow(factor, a, 40);
        return factor;
    }

    private static void Grow(InverseFactor factor, Matrix<double> a, int n)
    {
        while (factor.Count < n)
            Assert.True(factor.Append(a.Row(factor.Count).ToArray().AsSpan(0, factor.Count), a[factor.Count, factor.Count]));
    }

    private static void AssertClose(Vector<double> expected, Func<int, double> actual, int n)
    {
        for (var i = 0; i < n; i++)
            Assert.Equal(expected[i], actual(i), 1e-9);
    }
}
