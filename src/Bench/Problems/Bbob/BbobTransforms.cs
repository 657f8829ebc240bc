namespace HpoService.Bench.Problems.Bbob;

/// <summary>What the definitions put between a point and a simple formula (INRIA RR-6829, section 0.2). Points have shape [d], d >= 2.</summary>
internal static class BbobTransforms
{
    /// <summary>To the next integer, halves upwards.</summary>
    public static double Round(double v) => Math.Floor(v + 0.5);

    /// <summary>T_osz of a number: small smooth irregularities, the sign kept.</summary>
    public static double Oscillate(double v)
    {
        if (v == 0)
            return 0;
        var log = Math.Log(Math.Abs(v));
        var (a, b) = v > 0 ? (10, 7.9) : (5.5, 3.1);
        return Math.Sign(v) * Math.Exp(log + 0.049 * (Math.Sin(a * log) + Math.Sin(b * log)));
    }

    /// <summary>T_osz in every dimension.</summary>
    public static double[] Oscillate(double[] x) => [.. x.Select(Oscillate)];

    /// <summary>T_asy: positive coordinates grow with a power that grows with the dimension and with beta.</summary>
    public static double[] Asymmetric(double[] x, double beta) =>
        [.. x.Select((v, i) => v > 0 ? Math.Pow(v, 1 + beta * Part(i, x.Length) * Math.Sqrt(v)) : v)];

    /// <summary>Λ^condition x: dimension i is scaled by condition^(i / 2(d − 1)).</summary>
    public static double[] Conditioned(double[] x, double condition) => [.. x.Select((v, i) => v * Scale(condition, i, x.Length))];

    /// <summary>√condition to the power i / (d − 1).</summary>
    public static double Scale(double condition, int i, int d) => Math.Pow(Math.Sqrt(condition), Part(i, d));

    /// <summary>i / (d − 1), from 0 to 1 over the dimensions.</summary>
    public static double Part(int i, int d) => i / (d - 1.0);

    public static double[] Rotate(double[,] rotation, double[] x) => [.. Enumerable.Range(0, x.Length).Select(row => Sum(x, (v, column) => rotation[row, column] * v))];

    public static double[] Minus(double[] x, double[] y) => [.. x.Zip(y, (a, b) => a - b)];

    /// <summary>Σ term(x_i, i), i from 0.</summary>
    public static double Sum(double[] x, Func<double, int, double> term)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
            sum += term(x[i], i);
        return sum;
    }

    public static double Square(double v) => v * v;
}
