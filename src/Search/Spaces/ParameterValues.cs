using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Search.Spaces;

/// <summary>An immutable point of a search space: the active parameters' values, by name, in the order they were given.</summary>
[JsonConverter(typeof(ParameterValuesJsonConverter))]
public sealed class ParameterValues : IReadOnlyDictionary<string, ParameterValue>, IEquatable<ParameterValues>
{
    // Up to so many are compared one by one.
    private const int Few = 16;
    private readonly KeyValuePair<string, ParameterValue>[] _pairs;
    private readonly Dictionary<string, int>? _places;

    /// <summary>Copies the given pairs.</summary>
    /// <exception cref="ArgumentException">A name occurs twice.</exception>
    public ParameterValues(IEnumerable<KeyValuePair<string, ParameterValue>> values)
    {
        _pairs = [.. values];
        if (_pairs.Length > Few)
            _places = new Dictionary<string, int>(_pairs.Length, StringComparer.Ordinal);
        for (var place = 0; place < _pairs.Length; place++)
        {
            if (_places is null ? Find(_pairs[place].Key) < place : !_places.TryAdd(_pairs[place].Key, place))
                throw new ArgumentException($"names must be distinct, but got '{_pairs[place].Key}' twice.", nameof(values));
        }
    }

    /// <summary>No value at all.</summary>
    public static ParameterValues Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _pairs.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _pairs.Select(pair => pair.Key);

    /// <inheritdoc/>
    public IEnumerable<ParameterValue> Values => _pairs.Select(pair => pair.Value);

    /// <inheritdoc/>
    public ParameterValue this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no value of '{key}'.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Find(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out ParameterValue value)
    {
        var place = Find(key);
        value = place < 0 ? default : _pairs[place].Value;
        return place >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, ParameterValue>> GetEnumerator() => _pairs.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Same names with the same values, in any order.</summary>
    public bool Equals(ParameterValues? other) =>
        other is not null && Count == other.Count
        && _pairs.All(pair => other.TryGetValue(pair.Key, out var value) && value == pair.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParameterValues);

    /// <inheritdoc/>
    public override int GetHashCode() => _pairs.Aggregate(Count, (hash, pair) => hash ^ HashCode.Combine(pair.Key, pair.Value));

    /// <summary>128 bits that are the same for equal points, whatever the order of their names, and differ for others; never 0.</summary>
    internal UInt128 Fingerprint()
    {
        var print = new UInt128(0x9E3779B97F4A7C15, (ulong)Count + 1);
        foreach (var (name, value) in _pairs)
            print += value.Fingerprint(ParameterValue.Mix(new UInt128(0x6A09E667F3BCC909, 0xBB67AE8584CAA73B), name));
        return print == 0 ? 1 : print;
    }

    /// <inheritdoc/>
    public override string ToString() => "{" + string.Join(", ", _pairs.Select(pair => $"{pair.Key}: {pair.Value}")) + "}";

    private int Find(string name)
    {
        if (_places is not null)
            return _places.GetValueOrDefault(name, -1);
        for (var place = 0; place < _pairs.Length; place++)
        {
            if (string.Equals(_pairs[place].Key, name, StringComparison.Ordinal))
                return place;
        }

        return -1;
    }
}

/// <summary>Reads and writes parameter values as one flat JSON object.</summary>
public sealed class ParameterValuesJsonConverter : JsonConverter<ParameterValues>
{
    private static readonly ParameterValueJsonConverter Value = new();

    // Those of the point that was read last: a study's points have the same ones, which are then no strings of each point's own.
    [ThreadStatic]
    private static string[]? _names;

    /// <inheritdoc/>
    public override ParameterValues Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var (names, known) = (_names ?? [], 0);
        var pairs = new List<KeyValuePair<string, ParameterValue>>(names.Length);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isKnown = pairs.Count < names.Length && reader.ValueTextEquals(names[pairs.Count]);
            var name = isKnown ? names[pairs.Count] : reader.GetString()!;
            known += isKnown ? 1 : 0;
            reader.Read();
            pairs.Add(new(name, Value.Read(ref reader, typeof(ParameterValue), options)));
        }

        if (known < pairs.Count)
            _names = [.. pairs.Select(pair => pair.Key)];
        try
        {
            return new ParameterValues(pairs);
        }
        catch (ArgumentException)
        {
            throw new JsonException();
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
