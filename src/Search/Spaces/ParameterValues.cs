using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Search.Spaces;

/// <summary>An immutable point of a search space: the active parameters' values, by name, in the order they were given.</summary>
[JsonConverter(typeof(ParameterValuesJsonConverter))]
public sealed class ParameterValues : IReadOnlyDictionary<string, ParameterValue>, IEquatable<ParameterValues>
{
    private readonly OrderedDictionary<string, ParameterValue> _values;

    /// <summary>Copies the given pairs.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public ParameterValues(IEnumerable<KeyValuePair<string, ParameterValue>> values) =>
        _values = new OrderedDictionary<string, ParameterValue>(values, StringComparer.Ordinal);

    /// <summary>No value at all.</summary>
    public static ParameterValues Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<ParameterValue> Values => _values.Values;

    /// <inheritdoc/>
    public ParameterValue this[string key] => _values[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ParameterValue value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Same names with the same values, in any order.</summary>
    public bool Equals(ParameterValues? other) =>
        other is not null && Count == other.Count
        && _values.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _values.Aggregate(Count, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value));

    /// <summary>128 bits that are the same for equal points, whatever the order of their names, and differ for others; never 0.</summary>
    internal UInt128 Fingerprint()
    {
        var print = new UInt128(0x9E3779B97F4A7C15, (ulong)Count + 1);
        foreach (var (name, value) in _values)
            print += value.Fingerprint(ParameterValue.Mix(new UInt128(0x6A09E667F3BCC909, 0xBB67AE8584CAA73B), name));
        return print == 0 ? 1 : print;
    }

    /// <inheritdoc/>
    public override string ToString() => "{" + string.Join(", ", _values.Select(pair => $"{pair.Key}: {pair.Value}")) + "}";
}

/// <summary>Reads and writes parameter values as one flat JSON object.</summary>
public sealed class ParameterValuesJsonConverter : JsonConverter<ParameterValues>
{
    /// <inheritdoc/>
    public override ParameterValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return new ParameterValues(JsonSerializer.Deserialize<Dictionary<string, ParameterValue>>(ref reader, options) ?? throw new JsonException());
        }
        catch (JsonException)
        {
            throw new JsonException(); // whose path is the one from the document's root, not from here
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ParameterValues value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (name, item) in value)
        {
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, item, options);
        }

        writer.WriteEndObject();
    }
}
