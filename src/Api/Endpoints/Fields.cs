using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Api.Contracts;
using HpoService.Search;
using Microsoft.AspNetCore.Http.HttpResults;

namespace HpoService.Api.Endpoints;

/// <summary>The query parameter fields: answers with less in them.</summary>
internal static class Fields
{
    /// <summary>The wanted fields; null for all.</summary>
    public static HashSet<string>? Parse<T>(string? fields)
    {
        if (fields is null)
            return null;
        var known = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)).ToList();
        var wanted = fields.Split(',').Select(f => f.Trim()).ToHashSet();
        return wanted.Except(known).ToList() is { Count: > 0 } bad
            ? throw new InvalidStudyException("/fields", $"fields must be some of {string.Join(", ", known)}, but got '{string.Join("', '", bad)}'.")
            : wanted;
    }

    public static ContentHttpResult Only<T>(PageContract<T> page, HashSet<string> wanted)
    {
        var json = JsonSerializer.SerializeToNode(page, HpoJson.Options)!;
        foreach (var item in json["items"]!.AsArray().OfType<JsonObject>())
            foreach (var name in item.Select(p => p.Key).Where(name => !wanted.Contains(name)).ToList())
                item.Remove(name);
        return TypedResults.Text(json.ToJsonString(HpoJson.Options), "application/json");
    }
}
