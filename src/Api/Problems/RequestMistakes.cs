using System.Text.Json;
using System.Text.RegularExpressions;
using HpoService.Search;

namespace HpoService.Api.Problems;

/// <summary>What is wrong with a request that the framework refuses, in the contract's words: its own name .NET types.</summary>
internal static partial class RequestMistakes
{
    /// <summary>Each mistake with its field; nothing where no field is to blame.</summary>
    public static IReadOnlyList<Violation> Of(BadHttpRequestException refused)
    {
        if (refused.InnerException is JsonException json)
            return OfJson(json);
        if (Unread().Match(refused.Message) is { Success: true } unread)
            return Query(unread.Groups["name"].Value, $"must be {Kind(unread.Groups["type"].Value)}, but got '{unread.Groups["value"].Value}'.");
        if (Missing().Match(refused.Message) is { Success: true } missing && missing.Groups["name"].Value != "body")
            return Query(missing.Groups["name"].Value, "must be given, but got nothing.");
        if (NoBody().IsMatch(refused.Message))
            return [new Violation("", "the body must be a JSON object, but got nothing.")];
        return [];
    }

    /// <summary>What the media type must be.</summary>
    public static string OfMediaType(HttpRequest request) =>
        $"Content-Type must be {(request.Path.StartsWithSegments("/api/v1/datasets") ? "multipart/form-data" : "application/json")}, but got '{request.ContentType}'.";

    // JsonException.Message names .NET types: its path, its position and the names of missing fields say enough.
    private static IReadOnlyList<Violation> OfJson(JsonException json)
    {
        var at = JsonPointer.Of(json);
        if (Absent().Match(json.Message) is { Success: true } absent)
            return [.. Quoted().Matches(absent.Groups["names"].Value).Select(m => m.Groups["name"].Value)
                .Select(name => new Violation($"{at}/{JsonPointer.Part(name)}", $"{name} must be given, but got nothing."))];
        return [new Violation(at, $"The body must be JSON with known fields of the right types, but got a mistake at '{at}', line {json.LineNumber + 1}, byte {json.BytePositionInLine}.")];
    }

    private static Violation[] Query(string name, string rule) => name == "lastEventId" ? [new Violation("", $"Last-Event-ID {rule}")] : [new Violation($"/{name}", $"{name} {rule}")];

    private static string Kind(string type) => type.Contains("double", StringComparison.OrdinalIgnoreCase) ? "a number"
        : type.Contains("bool", StringComparison.OrdinalIgnoreCase) ? "true or false" : "a whole number in range";

    [GeneratedRegex("""^Failed to bind parameter "(?<type>.+?) (?<name>\w+)" from "(?<value>.*)"\.$""", RegexOptions.Singleline)]
    private static partial Regex Unread();

    [GeneratedRegex("""^Required parameter "\S+ (?<name>\w+)" was not provided""")]
    private static partial Regex Missing();

    [GeneratedRegex("""^(Implicit body inferred|Required parameter "\S+ body" was not provided)""")]
    private static partial Regex NoBody();

    [GeneratedRegex("missing required properties including: (?<names>.*)$")]
    private static partial Regex Absent();

    [GeneratedRegex("'(?<name>[^']*)'")]
    private static partial Regex Quoted();
}
