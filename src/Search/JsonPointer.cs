using System.Text;
using System.Text.Json;

namespace HpoService.Search;

/// <summary>JSON pointers (RFC 6901): where in a document something is wrong.</summary>
public static class JsonPointer
{
    /// <summary>A name as a part of a pointer.</summary>
    public static string Part(string name) => name.Replace("~", "~0").Replace("/", "~1");

    /// <summary>Where a reader of JSON met a mistake: its path, <c>$.a[0]['b.c']</c>, as <c>/a/0/b.c</c>.</summary>
    public static string Of(JsonException mistake)
    {
        var (path, pointer) = (mistake.Path ?? "$", new StringBuilder());
        for (var at = 1; at < path.Length;)
        {
            var isQuoted = path.AsSpan(at).StartsWith("['");
            var (start, end) = isQuoted ? (at + 2, path.IndexOf("']", at, StringComparison.Ordinal))
                : path[at] == '[' ? (at + 1, path.IndexOf(']', at)) : (at + 1, path.IndexOfAny(['.', '['], at + 1));
            if (end < start)
                end = path.Length;
            pointer.Append('/').Append(Part(path[start..end]));
            at = end + (isQuoted ? 2 : path[at] == '[' ? 1 : 0);
        }

        return pointer.ToString();
    }
}
