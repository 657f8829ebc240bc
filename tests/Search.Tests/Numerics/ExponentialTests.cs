using HpoService.Search.Numerics;

namespace HpoService.Search.Tests.Numerics;

public sealed class ExponentialTests
{
    [Theory, InlineData(1), InlineData(7), InlineData(44), InlineData(100), InlineData(1000)]
    public void An_exponential_is_the_same_to_the_last_bit_wherever_in_memory_it_stands(int n)
    {
        var stream = new RandomStream(n, 0);
        double[] x = [.. Enumerable.Range(0, n).Select(i => i % 7 == 3 ? -3000 * stream.NextDouble() : -30 * stream.NextDouble())];
        var expected = At(0);
        for (var i = 0; i < n; i++)
            Assert.Equal(Math.Exp(x[i]), expected[i], 1e-15 * Math.Exp(x[i]) + 1e-300);
        for (var start = 1; start < 8; start++)
            Assert.Equal(expected, At(start));

        double[] At(int start)
        {
            var buffer = new double[n + 8];
            x.CopyTo(buffer, start);
            Exponential.Overwrite(buffer.AsSpan(start, n));
            return buffer[start..(start + n)];
        }
    }

    [Fact]
    public void No_number_is_too_small()
    {
        double[] x = [double.NegativeInfinity, -double.MaxValue, -700, -0.0];
        Exponential.Overwrite(x);
        Assert.All(x[..3], value => Assert.InRange(value, 1e-305, 1e-304));
        Assert.Equal(1, x[3]);
    }
}
