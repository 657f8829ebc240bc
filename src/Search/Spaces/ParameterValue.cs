using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Search.Spaces;

/// <summary>One value of a parameter: a number, a string or a boolean, as in JSON.</summary>
/// <remarks>Numbers are IEEE doubles; integers are exact up to 2^53, which <see cref="IntParameter"/> enforces.</remarks>
[JsonConverter(typeof(ParameterValueJsonConverter))]
public readonly struct ParameterValue : IEquatable<ParameterValue>
{
    private readonly string? _text;
    private readonly double _number;

    private ParameterValue(ParameterValueKind kind, double number, string? text) => (Kind, _number, _text) = (kind, number, text);

    /// <summary>Which of the three it is.</summary>
    public ParameterValueKind Kind { get; }

    /// <summary>The number.</summary>
    /// <exception cref="InvalidOperationException">It is no number.</exception>
    public double Number => Kind == ParameterValueKind.Number ? _number : throw Mismatch("number");

    /// <summary>The string.</summary>
    /// <exception cref="InvalidOperationException">It is no string.</exception>
    public string Text => Kind == ParameterValueKind.Text ? _text! : throw Mismatch("string");

    /// <summary>The boolean.</summary>
    /// <exception cref="InvalidOperationException">It is no boolean.</exception>
    public bool Boolean => Kind == ParameterValueKind.Boolean ? _number != 0 : throw Mismatch("boolean");

    /// <summary>A number; finite.</summary>
    public static implicit operator ParameterValue(double number) => new(ParameterValueKind.Number, number == 0 ? 0 : number, null);

    /// <summary>A string.</summary>
    public static implicit operator ParameterValue(string text) => new(ParameterValueKind.Text, 0, text);

    /// <summary>A boolean.</summary>
    public static implicit operator ParameterValue(bool value) => new(ParameterValueKind.Boolean, value ? 1 : 0, null);

    /// <summary>Same kind and same value.</summary>
    public static bool operator ==(ParameterValue left, ParameterValue right) => left.Equals(right);

    /// <summary>Another kind or another value.</summary>
    public static bool operator !=(ParameterValue left, ParameterValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(ParameterValue other) => Kind == other.Kind && _number.Equals(other._number) && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ParameterValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _number, _text);

    internal UInt128 Fingerprint(UInt128 state)
    {
        state = Mix(Mix(state, (ulong)Kind), BitConverter.DoubleToUInt64Bits(_number));
        return _text is null ? state : Mix(state, _text);
    }

    internal static UInt128 Mix(UInt128 state, string text)
    {
        foreach (var c in text)
            state = Mix(state, c);
        return Mix(state, (1UL << 32) + (ulong)text.Length);
    }

    // Multiplication and folding by an odd constant of 128 bits, as PCG does (O'Neill, 2014): every bit reaches every other within two rounds.
    private static UInt128 Mix(UInt128 state, ulong word)
    {
        state = (state ^ word) * new UInt128(0x2360ED051FC65DA4, 0x4385DF649FCCF645);
        return state ^ (state >> 67);
    }

    /// <summary>The value as it stands in JSON, strings without quotes.</summary>
    public override string ToString() => Kind switch
    {
        ParameterValueKind.Text => _text!,
        ParameterValueKind.Boolean => _number != 0 ? "true" : "false",
        _ => _number.ToString("R", CultureInfo.InvariantCulture),
    };

    private InvalidOperationException Mismatch(string wanted) => new($"The value must be a {wanted}, but got {Kind} {this}.");
}

/// <summary>The JSON type of a <see cref="ParameterValue"/>.</summary>
public enum ParameterValueKind
{
    /// <summary>A JSON number.</summary>
    Number,

    /// <summary>A JSON string.</summary>
    Text,

    /// <summary>A JSON boolean.</summary>
    Boolean,
}

/// <summary>Reads and writes a value as the bare JSON number, string or boolean.</summary>
public sealed class ParameterValueJsonConverter : JsonConverter<ParameterValue>
{
    /// <inheritdoc/>
    public override ParameterValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => throw new JsonException("A parameter's value must be a number, a string or a boolean."),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ParameterValue value, JsonSerializerOptions options)
    {
        switch (value.Kind)
        {
            case ParameterValueKind.Text: writer.WriteStringValue(value.Text); break;
            case ParameterValueKind.Boolean: writer.WriteBooleanValue(value.Boolean); break;
            case ParameterValueKind.Number when !double.IsFinite(value.Number): writer.WriteStringValue(value.ToString()); break; // of no space, but it may be in a refused request
            default: writer.WriteNumberValue(value.Number); break;
        }
    }
}
