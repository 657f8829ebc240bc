using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpoService.Training.Settings;

/// <summary>One knob of training: its name, what it does, its values; its JSON Schema, its check and its documentation come from here alone.</summary>
/// <param name="Name">In <c>settings</c>, and as a study's parameter.</param>
/// <param name="Description">One line for people.</param>
internal abstract record Setting(string Name, string Description)
{
    /// <summary>Which values there are, as a rule that names the setting.</summary>
    public abstract string Rule { get; }

    /// <summary>What holds when it is left out, as JSON.</summary>
    public abstract JsonNode DefaultJson { get; }

    /// <summary>Its JSON Schema without default and description.</summary>
    public abstract JsonObject Schema();

    /// <summary>The value that JSON holds, or null when it is none of this setting.</summary>
    public abstract object? Read(JsonElement json);

    /// <summary>The value when it is left out.</summary>
    public abstract object Default { get; }
}

/// <summary>A real number.</summary>
internal sealed record NumberSetting(string Name, string Description, double Start, double Low, double High, bool IsLowOpen = false, bool IsHighOpen = false)
    : Setting(Name, Description)
{
    public override string Rule => $"{Text(Low)} {(IsLowOpen ? "<" : "<=")} {Name} {(IsHighOpen ? "<" : "<=")} {Text(High)}";

    public override JsonNode DefaultJson => Start;

    public override object Default => Start;

    public override JsonObject Schema() => new()
    {
        ["type"] = "number", [IsLowOpen ? "exclusiveMinimum" : "minimum"] = Low, [IsHighOpen ? "exclusiveMaximum" : "maximum"] = High,
    };

    public override object? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.GetDouble() is var v && (IsLowOpen ? v > Low : v >= Low) && (IsHighOpen ? v < High : v <= High) ? v : null;

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A whole number.</summary>
internal sealed record IntSetting(string Name, string Description, int Start, int Low, int High) : Setting(Name, Description)
{
    public override string Rule => $"{Low} <= {Name} <= {High}";

    public override JsonNode DefaultJson => Start;

    public override object Default => Start;

    public override JsonObject Schema() => new() { ["type"] = "integer", ["minimum"] = Low, ["maximum"] = High };

    public override object? Read(JsonElement json) =>
        json.ValueKind == JsonValueKind.Number && json.GetDouble() is var v && v == Math.Floor(v) && v >= Low && v <= High ? (int)v : null;
}

/// <summary>Yes or no.</summary>
internal sealed record FlagSetting(string Name, string Description, bool Start = false) : Setting(Name, Description)
{
    public override string Rule => $"{Name} in {{true, false}}";

    public override JsonNode DefaultJson => Start;

    public override object Default => Start;

    public override JsonObject Schema() => new() { ["type"] = "boolean" };

    public override object? Read(JsonElement json) => json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetBoolean() : null;
}

/// <summary>One of some words.</summary>
internal sealed record ChoiceSetting(string Name, string Description, string Start, IReadOnlyList<string> Choices) : Setting(Name, Description)
{
    public override string Rule => $"{Name} in {{{string.Join(", ", Choices)}}}";

    public override JsonNode DefaultJson => Start;

    public override object Default => Start;

    public override JsonObject Schema() => new() { ["enum"] = new JsonArray([.. Choices.Select(c => (JsonNode)c)]) };

    public override object? Read(JsonElement json) => json.ValueKind == JsonValueKind.String && Choices.Contains(json.GetString()!) ? json.GetString() : null;
}

/// <summary>Numbers: an array, or text such as "64,32", which a categorical parameter can choose.</summary>
internal sealed record NumbersSetting(string Name, string Description, IReadOnlyList<double> Start, double Low, double High) : Setting(Name, Description)
{
    public override string Rule => FormattableString.Invariant($"{Name} must be numbers in [{Low}, {High}], as an array or as text such as \"2,3\": this");

    public override JsonNode DefaultJson => new JsonArray([.. Start.Select(v => (JsonNode)v)]);

    public override object Default => Start;

    public override JsonObject Schema() => new()
    {
        ["anyOf"] = new JsonArray(
            new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "number", ["minimum"] = Low, ["maximum"] = High } },
            new JsonObject { ["type"] = "string" }),
    };

    public override object? Read(JsonElement json)
    {
        var values = json.ValueKind switch
        {
            JsonValueKind.Array => [.. json.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Number ? e.GetDouble() : double.NaN)],
            JsonValueKind.String => json.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries)
                .Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN).ToArray(),
            _ => [double.NaN],
        };
        return values.All(v => v >= Low && v <= High) ? values : null;
    }
}

/// <summary>Words, such as a name; empty = none.</summary>
internal sealed record TextSetting(string Name, string Description) : Setting(Name, Description)
{
    public override string Rule => $"{Name} must be text of at most 1000 characters: this";

    public override JsonNode DefaultJson => "";

    public override object Default => "";

    public override JsonObject Schema() => new() { ["type"] = "string", ["maxLength"] = 1000 };

    public override object? Read(JsonElement json) => json.ValueKind == JsonValueKind.String && json.GetString()!.Length <= 1000 ? json.GetString() : null;
}
