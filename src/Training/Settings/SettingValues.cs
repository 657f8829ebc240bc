using System.Text.Json;
using HpoService.Search;
using HpoService.Training.Parallel;

namespace HpoService.Training.Settings;

/// <summary>The settings of one training: the study's, the trial's parameters over them, and defaults for the rest.</summary>
internal sealed class SettingValues
{
    private readonly Dictionary<string, object> _values;

    private SettingValues(Dictionary<string, object> values) => _values = values;

    /// <summary>Every value by its setting's name, the given ones only.</summary>
    public IReadOnlyDictionary<string, object> Given => _values;

    public double this[NumberSetting setting] => (double)Get(setting);

    public int this[IntSetting setting] => (int)Get(setting);

    public bool this[FlagSetting setting] => (bool)Get(setting);

    public string this[ChoiceSetting setting] => (string)Get(setting);

    public string this[TextSetting setting] => (string)Get(setting);

    public IReadOnlyList<double> this[NumbersSetting setting] => (IReadOnlyList<double>)Get(setting);

    public Parallelism this[ParallelismSetting setting] => (Parallelism)Get(setting);

    /// <summary>Whether it was set, be it to its default.</summary>
    public bool Has(Setting setting) => _values.ContainsKey(setting.Name);

    /// <summary>Reads what a request asks for.</summary>
    /// <exception cref="InvalidSettingsException">A setting is unknown, of the wrong type, or out of range, or rules between settings are broken.</exception>
    public static SettingValues Of(TrainingRequest request, IReadOnlyList<Setting> known, IEnumerable<JointRule> rules)
    {
        var given = new Dictionary<string, JsonElement>();
        if (request.Settings is { ValueKind: JsonValueKind.Object } settings)
            foreach (var property in settings.EnumerateObject())
                given[property.Name] = property.Value;
        foreach (var (name, value) in request.Parameters)
            given[name] = JsonSerializer.SerializeToElement(value, HpoJson.Options);
        var values = Of(given, known);
        return JointRule.Broken(rules, SettingFacts.Of(known.Select(s => KeyValuePair.Create(s.Name, JsonSerializer.SerializeToElement(s.DefaultJson))), given)) is { Count: > 0 } broken
            ? throw new InvalidSettingsException(broken) : values;
    }

    /// <summary>Reads settings as JSON.</summary>
    /// <exception cref="InvalidSettingsException">A setting is unknown, of the wrong type, or out of range.</exception>
    public static SettingValues Of(IReadOnlyDictionary<string, JsonElement> given, IEnumerable<Setting> known)
    {
        var settings = known.ToDictionary(s => s.Name);
        var values = new Dictionary<string, object>();
        foreach (var (name, json) in given)
        {
            var setting = settings.GetValueOrDefault(name) ?? throw new InvalidSettingsException(
                $"/{name}", $"settings must be among {string.Join(", ", settings.Keys.Order(StringComparer.Ordinal))}, but got '{name}'.");
            values[name] = setting.Read(json) ?? throw new InvalidSettingsException($"/{name}", $"{setting.Rule} must hold, but got {json.GetRawText()}.");
        }

        return new SettingValues(values);
    }

    private object Get(Setting setting) => _values.GetValueOrDefault(setting.Name, setting.Default);
}
