using System.Globalization;
using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Search.Models;

/// <summary>What a model's card says of settings: a JSON Schema (2020-12) of the words that cards use, which are type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum,
/// maxLength, properties, required, additionalProperties (true or false), items, anyOf, allOf, if/then/else, and true and false as schemas. Other words are notes to it.</summary>
internal static class SettingsRules
{
    /// <summary>The rules that a value breaks.</summary>
    /// <param name="schema">What it must be.</param>
    /// <param name="value">The value.</param>
    /// <param name="pointer">Where it stands.</param>
    /// <param name="name">What to call it.</param>
    public static IEnumerable<Violation> Of(JsonElement schema, JsonElement value, string pointer, string name)
    {
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True ? [] : [new Violation(pointer, $"{name} must be left out here, but got {Shown(value)}.")];
        if (Rule(schema, value, name) is { } rule)
            return [new Violation(pointer, $"{rule}, but got {Shown(value)}.")];
        return Parts(schema, value, pointer, name);
    }

    /// <summary>Why no value of a parameter can be that of the setting which it stands for; null = some can.</summary>
    public static string? Of(JsonElement schema, Parameter parameter) => parameter switch
    {
        FloatParameter p => Range(schema, parameter.Name, p.Low, p.High),
        IntParameter p => Range(schema, parameter.Name, p.Low, p.High),
        ChoiceParameter p => p.Choices.Select(c => Of(schema, JsonSerializer.SerializeToElement(c, HpoJson.Options), "", p.Name).FirstOrDefault()).ToArray() is var broken
            && Array.TrueForAll(broken, b => b is not null) ? broken[0]!.Message : null,
        _ => null,
    };

    // A range lies outside when its end that is nearest to the setting's does, or when the setting is no number.
    private static string? Range(JsonElement schema, string name, double low, double high)
    {
        var (least, most) = (Number(schema, "minimum") ?? Number(schema, "exclusiveMinimum") ?? double.NegativeInfinity, Number(schema, "maximum") ?? Number(schema, "exclusiveMaximum") ?? double.PositiveInfinity);
        var nearest = JsonSerializer.SerializeToElement(low > most ? low : high < least ? high : Math.Clamp(Math.Ceiling(low), low, high));
        if (low <= most && high >= least && Type(schema) is "number" or "integer")
        {
            var (touchesLow, touchesHigh) = (high == least && schema.TryGetProperty("exclusiveMinimum", out _), low == most && schema.TryGetProperty("exclusiveMaximum", out _));
            return touchesLow || touchesHigh ? FormattableString.Invariant($"some of [{low}, {high}] must be allowed for {name}, but got an end that is not.") : null;
        }

        return Of(schema, nearest, "", name).FirstOrDefault()?.Message;
    }

    private static string? Rule(JsonElement schema, JsonElement value, string name)
    {
        if (Type(schema) is { } type && !Is(type, value))
            return $"{name} must be {(type is "integer" or "array" or "object" ? "an" : "a")} {type}";
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => JsonElement.DeepEquals(w, value)))
            return $"{name} must be one of {string.Join(", ", words.EnumerateArray().Select(w => w.ValueKind == JsonValueKind.String ? w.GetString() : w.GetRawText()))}";
        if (schema.TryGetProperty("const", out var only) && !JsonElement.DeepEquals(only, value))
            return $"{name} must be {only.GetRawText()}";
        if (value.ValueKind == JsonValueKind.String && Number(schema, "maxLength") is { } length && value.GetString()!.Length > length)
            return $"{name} length <= {length} must hold";
        if (value.ValueKind != JsonValueKind.Number)
            return null;
        var v = value.GetDouble();
        var (low, above, high, below) = (Number(schema, "minimum"), Number(schema, "exclusiveMinimum"), Number(schema, "maximum"), Number(schema, "exclusiveMaximum"));
        if (v >= (low ?? double.NegativeInfinity) && v <= (high ?? double.PositiveInfinity) && !(v <= above) && !(v >= below))
            return null;
        return $"{Text(low ?? above)}{(low is not null ? " <= " : above is not null ? " < " : "")}{name}{(high is not null ? " <= " : below is not null ? " < " : "")}{Text(high ?? below)} must hold";
    }

    private static IEnumerable<Violation> Parts(JsonElement schema, JsonElement value, string pointer, string name)
    {
        foreach (var all in List(schema, "allOf"))
            foreach (var violation in Of(all, value, pointer, name))
                yield return violation;
        if (List(schema, "anyOf").Select(any => Of(any, value, pointer, name).FirstOrDefault()).ToArray() is { Length: > 0 } broken && Array.TrueForAll(broken, b => b is not null))
            yield return broken.FirstOrDefault(b => b!.Pointer != pointer) ?? broken[0]!;
        if (schema.TryGetProperty("if", out var condition) && schema.TryGetProperty(Of(condition, value, pointer, name).Any() ? "else" : "then", out var branch))
            foreach (var violation in Of(branch, value, pointer, name))
                yield return violation;
        if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
            foreach (var (i, item) in value.EnumerateArray().Index())
                foreach (var violation in Of(items, item, $"{pointer}/{i}", $"{name}[{i}]"))
                    yield return violation;
        if (value.ValueKind != JsonValueKind.Object)
            yield break;
        var known = schema.TryGetProperty("properties", out var properties) ? properties.EnumerateObject().ToDictionary(p => p.Name, p => p.Value) : [];
        foreach (var needed in List(schema, "required"))
            if (!value.TryGetProperty(needed.GetString()!, out _))
                yield return new Violation($"{pointer}/{needed.GetString()}", $"{name}.{needed.GetString()} must be given, but got nothing.");
        var isClosed = schema.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False;
        foreach (var field in value.EnumerateObject())
        {
            var at = $"{pointer}/{JsonPointer.Part(field.Name)}";
            if (known.TryGetValue(field.Name, out var rules))
                foreach (var violation in Of(rules, field.Value, at, pointer.EndsWith("/settings", StringComparison.Ordinal) ? field.Name : $"{name}.{field.Name}"))
                    yield return violation;
            else if (isClosed)
                yield return new Violation(at, $"{name} must be among {string.Join(", ", known.Keys.Order(StringComparer.Ordinal))}, but got '{field.Name}'.");
        }
    }

    private static JsonElement.ArrayEnumerator List(JsonElement schema, string word) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty(word, out var list) ? list.EnumerateArray() : default;

    private static string? Type(JsonElement schema) => schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static double? Number(JsonElement schema, string word) => schema.TryGetProperty(word, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static bool Is(string type, JsonElement value) => type switch
    {
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var v && v == Math.Floor(v),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "string" => value.ValueKind == JsonValueKind.String,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => true,
    };

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: > 100 } text ? $"{text[..100]}…" : value.GetRawText();
}
