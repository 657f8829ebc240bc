using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpoService.Api.Tests.Fuzzing;

/// <summary>One call of the OpenAPI document.</summary>
/// <param name="Method">GET, POST, …</param>
/// <param name="Path">With parameters in braces.</param>
/// <param name="Query">Names of query parameters.</param>
/// <param name="Headers">Names of header parameters.</param>
/// <param name="Body">The schema of its body, or null.</param>
/// <param name="MediaType">Of its body.</param>
/// <param name="Example">An example of its body.</param>
/// <param name="IsStream">Whether it answers for ever.</param>
public sealed record FuzzCall(
    HttpMethod Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, JsonElement? Body, string? MediaType, JsonNode? Example, bool IsStream);

/// <summary>The calls and schemas of an OpenAPI document, as the fuzzer needs them.</summary>
public sealed class FuzzDocument
{
    private readonly JsonElement _schemas;

    public FuzzDocument(JsonElement document)
    {
        _schemas = document.GetProperty("components").GetProperty("schemas");
        Calls =
        [
            .. from path in document.GetProperty("paths").EnumerateObject()
               from operation in path.Value.EnumerateObject()
               let parameters = operation.Value.TryGetProperty("parameters", out var given) ? given.EnumerateArray().ToList() : []
               let sent = operation.Value.TryGetProperty("requestBody", out var body) ? body.GetProperty("content").EnumerateObject().First() : default(JsonProperty?)
               let content = sent?.Value
               select new FuzzCall(
                   new HttpMethod(operation.Name.ToUpperInvariant()), path.Name, Names(parameters, "query"), Names(parameters, "header"),
                   content?.GetProperty("schema"), sent?.Name, content is { } media && media.TryGetProperty("example", out var example) ? JsonNode.Parse(example.GetRawText()) : null,
                   operation.Value.GetProperty("responses").EnumerateObject().Any(r => r.Value.TryGetProperty("content", out var c) && c.TryGetProperty("text/event-stream", out _))),
        ];
    }

    public IReadOnlyList<FuzzCall> Calls { get; }

    /// <summary>A schema, with its reference followed.</summary>
    public JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? Resolve(_schemas.GetProperty(reference.GetString()!.Split('/')[^1])) : schema;

    private static List<string> Names(List<JsonElement> parameters, string place) =>
        [.. parameters.Where(p => p.GetProperty("in").GetString() == place).Select(p => p.GetProperty("name").GetString()!)];
}
