namespace HpoService.Storage;

/// <summary>The leases whose holders said that their attempt failed, the latest last, with a space between: the same message may come again.</summary>
internal static class FailedTokens
{
    // Of as many attempts the messages may come late.
    private const int Most = 20;

    public static bool Has(string? tokens, string token) => tokens?.Split(' ').Contains(token) == true;

    public static bool IsLatest(string? tokens, string token) => tokens?.Split(' ')[^1] == token;

    public static string With(string? tokens, string token) => string.Join(' ', (tokens?.Split(' ') ?? []).TakeLast(Most - 1).Append(token));
}
