using System.Text.Json.Nodes;

namespace HpoService.Training.Settings;

/// <summary>Settings as JSON Schema.</summary>
internal static class SettingsSchema
{
    /// <summary>An object schema that admits the given settings and nothing else.</summary>
    public static string Of(IEnumerable<Setting> settings)
    {
        var properties = new JsonObject();
        foreach (var setting in settings)
        {
            var schema = setting.Schema();
            schema["default"] = setting.DefaultJson;
            schema["description"] = setting.Description;
            properties[setting.Name] = schema;
        }

        return new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties }.ToJsonString();
    }
}
