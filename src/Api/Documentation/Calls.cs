using System.Text.Json.Nodes;

namespace HpoService.Api.Documentation;

/// <summary>Each call's name and an example of what is sent and answered, from examples.json, by <c>METHOD path</c>.</summary>
internal static class Calls
{
    private static readonly JsonObject All = Load();

    /// <summary>The call; null when it is not in the file yet, which a test finds.</summary>
    public static (string? Id, JsonNode? Request, JsonNode? Response) Of(HttpMethod method, string path) =>
        All[$"{method} {path}"] is JsonObject call ? ($"{call["id"]}", call["request"]?.DeepClone(), call["response"]?.DeepClone()) : default;

    private static JsonObject Load()
    {
        using var stream = typeof(Calls).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
