using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Storage.Insight;

/// <summary>Reads the flat objects of a trial's row without making objects of them: a table is filled from hundred thousands.</summary>
internal static class FlatJson
{
    /// <summary>A metric's value: numbers that JSON has not stand as texts.</summary>
    public static double Number(ParameterValue value) =>
        value.Kind == ParameterValueKind.Number ? value.Number : double.Parse(value.Text, CultureInfo.InvariantCulture);

    /// <summary>Calls back for each property, in the object's order.</summary>
    public static void Read<TState>(string json, TState state, Action<TState, string, ParameterValue> found)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            var reader = new Utf8JsonReader(bytes.AsSpan(0, Encoding.UTF8.GetBytes(json, bytes)));
            var name = "";
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName: name = reader.GetString()!; break;
                    case JsonTokenType.Number: found(state, name, reader.GetDouble()); break;
                    case JsonTokenType.String: found(state, name, reader.GetString()!); break;
                    case JsonTokenType.True: found(state, name, true); break;
                    case JsonTokenType.False: found(state, name, false); break;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
