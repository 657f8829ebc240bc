using HpoService.Search.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace HpoService.Search.Tests.Numerics;

public sealed class CholeskyTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(7), InlineData(8), InlineData(33), InlineData(65), InlineData(130)]
    public void Factor_solves_determinant_and_inverse_agree_with_MathNet(int n)
    {
        var matrix = Definite(n);
        var oracle = matrix.Cholesky();
        var factor = Cholesky.Factor(matrix.ToRowMajorArray(), n)!;
        var b = Vector<double>.Build.Dense(n, i => Math.Sin(i + 1));
        Assert.Equal(oracle.DeterminantLn, factor.LogDeterminant, 1e-9 * n);

        var lower = b.ToArray();
        factor.SolveLower(lower);
        Near(oracle.Factor.LowerTriangle().Solve(b), lower);
        var solved = (double[])lower.Clone();
        factor.SolveUpper(solved);
        Near(oracle.Solve(b), solved);
        Near(Vector<double>.Build.Dense(matrix.Inverse().LowerTriangle().ToRowMajorArray()), factor.InverseLower());

        double[] four = [.. b, .. b * 2, .. b * -3, .. b * 0];
        factor.SolveLowerFour(four);
        for (var c = 0; c < 4; c++)
            Near(oracle.Factor.LowerTriangle().Solve(b * new[] { 1, 2, -3, 0 }[c]), four[(c * n)..((c + 1) * n)]);
    }

    [Fact]
    public void Only_the_lower_triangle_is_read()
    {
        var factor = Cholesky.Factor([4, double.NaN, 2, 5], 2)!;
        Assert.Equal(Math.Log(16), factor.LogDeterminant, 1e-12);
    }

    [Theory]
    [InlineData(1.0, 2.0, 1.0)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(-1.0, 0.0, 1.0)]
    [InlineData(double.NaN, 0.0, 1.0)]
    [InlineData(1.0, double.NaN, 1.0)]
    [InlineData(double.PositiveInfinity, 0.0, 1.0)]
    public void A_matrix_that_is_not_positive_definite_or_finite_has_no_factor(double a, double b, double c) =>
        Assert.Null(Cholesky.Factor([a, b, b, c], 2));

    private static Matrix<double> Definite(int n)
    {
        var stream = new RandomStream(n, 1);
        var a = Matrix<double>.Build.Dense(n, n, (_, _) => stream.NextNormal());
        return a * a.Transpose() + Matrix<double>.Build.DenseIdentity(n) * n;
    }

    private static void Near(Vector<double> expected, double[] actual)
    {
        for (var i = 0; i < actual.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-10);
    }
}
