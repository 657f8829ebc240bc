namespace HpoService.Api.Metrics;

/// <summary>Compares tags by their names and values, in their order: each measurement looks its series up, so it must not make a text of them first.</summary>
internal sealed class TagComparer : IEqualityComparer<KeyValuePair<string, object?>[]>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, KeyValuePair<string, object?>[]>
{
    public bool Equals(KeyValuePair<string, object?>[]? x, KeyValuePair<string, object?>[]? y) => Equals(x.AsSpan(), y!);

    public int GetHashCode(KeyValuePair<string, object?>[] tags) => GetHashCode(tags.AsSpan());

    public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> tags, KeyValuePair<string, object?>[] other)
    {
        if (tags.Length != other.Length)
            return false;
        for (var i = 0; i < tags.Length; i++)
            if (!string.Equals(tags[i].Key, other[i].Key, StringComparison.Ordinal) || !Equals(tags[i].Value, other[i].Value))
                return false;
        return true;
    }

    public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (name, value) in tags)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    public KeyValuePair<string, object?>[] Create(ReadOnlySpan<KeyValuePair<string, object?>> tags) => tags.ToArray();
}
