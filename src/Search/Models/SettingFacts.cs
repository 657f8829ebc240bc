using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Search.Models;

/// <summary>Settings as rules between them see them: numbers, texts and truth values by name, fields of an object as <c>parallelism.kind</c>. Arrays have no name.</summary>
public static class SettingFacts
{
    /// <summary>Of settings, each as a whole in place of its default.</summary>
    /// <param name="defaults">What holds for settings that are not given.</param>
    /// <param name="given">The settings.</param>
    public static IReadOnlyDictionary<string, ParameterValue> Of(IEnumerable<KeyValuePair<string, JsonElement>> defaults, IEnumerable<KeyValuePair<string, JsonElement>> given)
    {
        var (settings, facts) = (new Dictionary<string, JsonElement>(defaults), new Dictionary<string, ParameterValue>());
        foreach (var (name, value) in given)
            settings[name] = value;
        foreach (var (name, value) in settings)
            Add(facts, name, value);
        return facts;
    }

    private static void Add(Dictionary<string, ParameterValue> facts, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
            foreach (var field in value.EnumerateObject())
                Add(facts, $"{name}.{field.Name}", field.Value);
        else if (value.ValueKind is JsonValueKind.Number or JsonValueKind.String or JsonValueKind.True or JsonValueKind.False)
            facts[name] = value.Deserialize<ParameterValue>(HpoJson.Options);
    }
}
