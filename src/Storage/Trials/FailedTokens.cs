using System.Security.Cryptography;
using System.Text;

namespace HpoService.Storage;

/// <summary>The leases whose holders said that their attempt failed, each with what tells its reason from others, the latest last: the same message may come again.</summary>
/// <remarks><c>token/reason</c>, with a space between; those of an earlier version have no reason.</remarks>
internal static class FailedTokens
{
    // Of as many attempts the messages may come late.
    private const int Most = 20;

    /// <summary>Whether the message came before, with this reason; null = it did not come.</summary>
    public static bool? IsSame(string? tokens, string token, string? reason) =>
        tokens?.Split(' ').FirstOrDefault(t => t.Split('/')[0] == token) is { } known ? !known.Contains('/') || known == Entry(token, reason) : null;

    public static string With(string? tokens, string token, string? reason) => string.Join(' ', (tokens?.Split(' ') ?? []).TakeLast(Most - 1).Append(Entry(token, reason)));

    private static string Entry(string token, string? reason) => $"{token}/{(reason is null ? "" : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(reason)), 0, 8))}";
}
