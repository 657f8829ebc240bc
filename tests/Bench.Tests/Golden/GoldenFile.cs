using System.Text.Json;

namespace HpoService.Bench.Tests.Golden;

/// <summary>Reads what make_golden.py wrote.</summary>
internal static class GoldenFile
{
    public static T Read<T>(string name)
    {
        using var stream = typeof(GoldenFile).Assembly.GetManifestResourceStream(name)!;
        return JsonSerializer.Deserialize<T>(stream, JsonSerializerOptions.Web)!;
    }
}
