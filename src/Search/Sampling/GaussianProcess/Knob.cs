namespace HpoService.Search.Sampling.GaussianProcess;
internal static class Knob
{
    public static double E(string n, double v) => double.TryParse(System.Environment.GetEnvironmentVariable(n), out var x) ? x : v;
}
