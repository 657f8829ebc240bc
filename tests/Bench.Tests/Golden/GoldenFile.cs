using System.Text.Json;

namespace HpoService.Bench.Tests.Golden;

/// <summary>Reads what others computed: make_golden.py, COCO.</summary>
internal static class GoldenFile
{
    public static T Read<T>(string name)
    {
        using var stream = Open(name);
        return JsonSerializer.Deserialize<T>(stream, JsonSerializerOptions.Web)!;
    }

    /// <summary>The cells of a tab-separated file, less its comments and the names of its columns.</summary>
    public static IReadOnlyList<string[]> ReadRows(string name)
    {
        using var reader = new StreamReader(Open(name));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#').Skip(1).Select(line => line.Split('\t'))];
    }

    private static Stream Open(string name) => typeof(GoldenFile).Assembly.GetManifestResourceStream(name)!;
}
