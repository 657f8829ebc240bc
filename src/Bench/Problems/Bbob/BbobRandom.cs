namespace HpoService.Bench.Problems.Bbob;

/// <summary>The random numbers of COCO's suite: what makes an instance is a function of its seed.</summary>
/// <remarks>Seeds are 1 to 2³¹ − 2. The shuffled minimal standard generator of Park and Miller (1988) with Schrage's product, 8 draws to warm up and a table of 32.</remarks>
internal static class BbobRandom
{
    private const long Modulus = 2147483647;
    private const long Multiplier = 16807;
    private const int Table = 32;
    private const int WarmUp = 8;

    // How many values of a draw lead to the same slot of the table.
    private const long Slot = 67108865;

    // What the generators give in place of 0.
    private const double Tiny = 1e-99;

    /// <summary>Uniform in (0, 1], shape [n].</summary>
    public static double[] Uniform(int n, long seed)
    {
        var state = Math.Max(1, Math.Abs(seed));
        long Next() => state = state * Multiplier % Modulus;
        for (var i = 0; i < WarmUp; i++)
            Next();
        var table = new long[Table];
        for (var i = Table - 1; i >= 0; i--)
            table[i] = Next();
        var last = table[0];
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            var slot = last / Slot;
            last = table[slot];
            table[slot] = Next();
            values[i] = last == 0 ? Tiny : last / (double)Modulus;
        }

        return values;
    }

    /// <summary>Standard normal (Box and Muller, 1958), shape [n].</summary>
    public static double[] Normal(int n, long seed)
    {
        var u = Uniform(2 * n, seed);
        return [.. Enumerable.Range(0, n).Select(i => Math.Sqrt(-2 * Math.Log(u[i])) * Math.Cos(2 * Math.PI * u[n + i])).Select(v => v == 0 ? Tiny : v)];
    }

    /// <summary>An orthogonal matrix, shape [rows, columns] = [d, d]: normal columns, made orthonormal one after the other.</summary>
    public static double[,] Rotation(int d, long seed)
    {
        var normal = Normal(d * d, seed);
        var m = new double[d, d];
        for (var column = 0; column < d; column++)
        {
            for (var row = 0; row < d; row++)
                m[row, column] = normal[column * d + row];
            for (var before = 0; before < column; before++)
            {
                var product = Product(m, column, before);
                for (var row = 0; row < d; row++)
                    m[row, column] -= product * m[row, before];
            }

            var length = Math.Sqrt(Product(m, column, column));
            for (var row = 0; row < d; row++)
                m[row, column] /= length;
        }

        return m;
    }

    /// <summary>Where most functions have their optimum: within ±4 on a grid of 0.0008, never 0, shape [d].</summary>
    public static double[] Optimum(int d, long seed) =>
        [.. Uniform(d, seed).Select(u => 8 * Math.Floor(1e4 * u) / 1e4 - 4).Select(v => v == 0 ? -1e-5 : v)];

    /// <summary>The smallest value: the quotient of two normals, on a grid of 0.01 within ±1000.</summary>
    public static double Minimum(long seed)
    {
        var quotient = 100 * 100 * Normal(1, seed)[0] / Normal(1, seed + 1)[0];
        return Math.Clamp(BbobTransforms.Round(quotient) / 100, -1000, 1000);
    }

    private static double Product(double[,] m, int a, int b)
    {
        var sum = 0.0;
        for (var row = 0; row < m.GetLength(0); row++)
            sum += m[row, a] * m[row, b];
        return sum;
    }
}
