using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class YeoJohnsonTests
{
    // The oracle is scipy.stats.yeojohnson of SciPy 1.10.
    [Theory]
    [InlineData(new[] { -1.2, -0.7, -0.5, -0.1, 0.0, 0.3, 0.9, 2.8 }, 0.223968, new[] { -1.7209826, -0.881834, -0.5938394, -0.103852, 0.0, 0.2702259, 0.6902811, 1.5560539 })]
    [InlineData(new[] { -4.0, -0.3, 0.1, 0.4, 0.5, 0.55, 0.6 }, 3.074735, new[] { -0.7654592, -0.2286194, 0.110746, 0.5899293, 0.806195, 0.9262139, 1.0545402 })]
    [InlineData(new[] { 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4 }, -0.727974, new[] { 0.0920789, 0.1707402, 0.2984322, 0.4782027, 0.6885118, 0.8904221, 1.0537078 })]
    public void The_exponent_and_the_values_are_those_of_SciPy(double[] y, double exponent, double[] expected)
    {
        Assert.Equal(exponent, YeoJohnson.Exponent(y), 1e-3);
        foreach (var (actual, value) in y.Select(v => YeoJohnson.Transform(v, exponent)).Zip(expected))
            Assert.Equal(value, actual, 2e-6);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void One_changes_nothing_and_the_limits_are_logarithms(double exponent)
    {
        Assert.Equal(exponent == 1 ? 3 : exponent == 0 ? Math.Log(4) : 7.5, YeoJohnson.Transform(3, exponent), 1e-12);
        Assert.Equal(exponent == 1 ? -3 : exponent == 2 ? -Math.Log(4) : -7.5, YeoJohnson.Transform(-3, exponent), 1e-12);
    }

    [Theory, InlineData(-5.4, 6), InlineData(5.4, -4)]
    public void The_exponent_stays_within_its_bounds_when_the_most_probable_one_does_not(double outlier, double bound) =>
        Assert.Equal(bound, YeoJohnson.Exponent([.. Enumerable.Range(0, 29).Select(i => -outlier / 29 + 1e-3 * (i - 14)), outlier]), 1e-3);

    [Theory]
    [InlineData(1e200, -1e200)]
    [InlineData(double.MaxValue, 0)]
    [InlineData(-1e308, 1)]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(1e-300, -1e-300)]
    public void Whatever_the_numbers_there_is_an_exponent(double a, double b) => Assert.InRange(YeoJohnson.Exponent([a, b, a / 3 + b / 7, 0.5]), -4, 6);

    [Fact]
    public void Equal_numbers_are_left_alone()
    {
        Assert.Equal(1, YeoJohnson.Exponent([2, 2, 2]));
        Assert.Equal([2.0, 2.0], YeoJohnson.Apply([2, 2]));
        Assert.Empty(YeoJohnson.Apply([]));
    }
}
