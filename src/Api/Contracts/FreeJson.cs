using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HpoService.Api.Contracts;

/// <summary>Reads free JSON only when it can be written again wherever it then stands: text that is Unicode, nested not too deep.</summary>
/// <remarks>By itself the framework takes both, and fails when it writes them: at a text without its other half, or beyond 64 levels, of which the answer
/// around has some. One trial's attributes could so break every list with that trial in it.</remarks>
internal sealed class FreeJson : JsonConverter<JsonElement>
{
    private const int MaxDepth = 32;

    public override JsonElement Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
    {
        var ahead = reader;
        var outer = ahead.CurrentDepth;
        do
        {
            if (ahead.CurrentDepth - outer > MaxDepth)
                throw new JsonException();
            if (ahead.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && !IsUnicode(ref ahead))
                throw new JsonException();
        }
        while (ahead.Read() && ahead.CurrentDepth > outer);
        return JsonMetadataServices.JsonElementConverter.Read(ref reader, type, options);
    }

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    private static bool IsUnicode(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
