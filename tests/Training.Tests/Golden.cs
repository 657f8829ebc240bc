using System.Text.Json;

namespace HpoService.Training.Tests;

/// <summary>What Golden/make_golden.py wrote.</summary>
internal static class Golden
{
    public static JsonElement Root { get; } = Load();

    public static double[] Numbers(this JsonElement values) => [.. values.EnumerateArray().Select(v => v.GetDouble())];

    public static float[] Floats(this JsonElement values) => [.. values.EnumerateArray().Select(v => v.GetSingle())];

    public static void AssertClose(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance = 1e-5)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])), $"element {i}: {expected[i]} wanted, but got {actual[i]}");
    }

    private static JsonElement Load()
    {
        using var stream = typeof(Golden).Assembly.GetManifestResourceStream("golden.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
