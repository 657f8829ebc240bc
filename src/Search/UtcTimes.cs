using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpoService.Search;

/// <summary>Times as UTC with milliseconds and a Z, all of one length: their order as texts is their order in time. Reads every form of ISO 8601.</summary>
internal sealed class UtcTimes : JsonConverter<DateTimeOffset>
{
    private const int Length = 24;

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[Length];
        value.UtcDateTime.TryFormat(text, out _, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }
}
