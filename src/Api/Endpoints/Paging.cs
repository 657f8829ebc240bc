using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Api.Contracts;
using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Api.Endpoints;

/// <summary>Rules of query parameters and numbers that several endpoints share.</summary>
internal static class Paging
{
    public static int Limit(int limit) => limit is >= 1 and <= 1000
        ? limit
        : throw new InvalidStudyException("/limit", $"1 <= limit <= 1000 must hold, but got {limit}.");

    /// <summary>A state by its name; null without one.</summary>
    public static T? State<T>(string? name) where T : struct, Enum
    {
        if (name is null)
            return null;
        foreach (var state in Enum.GetValues<T>())
            if (string.Equals(state.ToString(), name, StringComparison.OrdinalIgnoreCase))
                return state;
        var names = Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName);
        throw Malformed("/state", $"state must be one of {string.Join(", ", names)}, but got '{name}'.");
    }

    public static int Points(int points) => points is >= 4 and <= 10_000
        ? points
        : throw new InvalidStudyException("/points", $"4 <= points <= 10000 must hold, but got {points}.");

    /// <summary>A key to sort by, with a '-' for the largest first.</summary>
    public static (T By, bool Descending) Sort<T>(string sort) where T : struct, Enum
    {
        var name = sort.StartsWith('-') ? sort[1..] : sort;
        foreach (var key in Enum.GetValues<T>())
            if (JsonNamingPolicy.CamelCase.ConvertName(key.ToString()) == name)
                return (key, name.Length < sort.Length);
        var names = Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName);
        throw new InvalidStudyException("/sort", $"sort must be one of {string.Join(", ", names)}, with or without '-', but got '{sort}'.");
    }

    /// <summary>Says of a cursor that cannot be read that it is the request's mistake.</summary>
    public static async Task<T> WithCursorAsync<T>(string? cursor, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception e) when (cursor is not null && e is FormatException or OverflowException)
        {
            throw Malformed("/after", $"after must be the cursor of a page with the same sort, but got '{cursor}'.");
        }
    }

    /// <summary>One page of a list that is short enough to be read as a whole, by its key.</summary>
    public static PageContract<T> Slice<T>(IEnumerable<T> items, Func<T, string> key, string? after, int limit)
    {
        List<T> rest = [.. items.OrderBy(key, StringComparer.Ordinal).SkipWhile(item => after is not null && string.CompareOrdinal(key(item), after) <= 0).Take(Limit(limit) + 1)];
        return rest.Count <= limit ? new PageContract<T>(rest, null) : new PageContract<T>(rest[..limit], key(rest[limit - 1]));
    }

    private static HpoException Malformed(string pointer, string message) => new([new Violation(pointer, message, IsMalformed: true)]);

    public static TimeSpan Lease(double seconds) => seconds is >= 1 and <= 604_800
        ? TimeSpan.FromSeconds(seconds)
        : throw new InvalidStudyException("/leaseSeconds", $"1 <= leaseSeconds <= 604800 must hold, but got {seconds}.");
}

internal static class Idempotent
{
    // Numbers such as 1e999 are refused later, with the field; here they are content like any other.
    private static readonly JsonSerializerOptions Json = new(HpoJson.Options) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>The key with a hash of the request's content; null without a key.</summary>
    public static Idempotency? Of<T>(string? key, T body) => key is null
        ? null
        : new Idempotency(Limits.CheckIdempotencyKey(key), Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, Json)))));
}
