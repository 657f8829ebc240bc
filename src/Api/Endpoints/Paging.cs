using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
        throw new BadHttpRequestException($"state must be one of {string.Join(", ", names)}, but got '{name}'.");
    }

    public static int Points(int points) => points is >= 4 and <= 10_000
        ? points
        : throw new InvalidStudyException("/points", $"4 <= points <= 10000 must hold, but got {points}.");

    public static TimeSpan Lease(double seconds) => seconds is >= 1 and <= 604_800
        ? TimeSpan.FromSeconds(seconds)
        : throw new InvalidStudyException("/leaseSeconds", $"1 <= leaseSeconds <= 604800 must hold, but got {seconds}.");
}

internal static class Idempotent
{
    /// <summary>The key with a hash of the request's content; null without a key.</summary>
    public static Idempotency? Of<T>(string? key, T body) => key is null
        ? null
        : new Idempotency(Limits.CheckIdempotencyKey(key), Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(body, HpoJson.Options)))));
}
