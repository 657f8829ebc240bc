using System.Text.Json;
using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Models;

/// <summary>A model's rules between settings, for a study: some settings are fixed, others have their defaults, and what its trials have is somewhere in its space.</summary>
internal sealed class JointRules
{
    private readonly IReadOnlyList<JointRule> _rules;
    private readonly SearchSpace _space;
    private readonly HashSet<string> _given = [];
    private readonly Dictionary<string, Domain> _active = []; // where every parameter has a value
    private readonly Dictionary<string, Domain> _any; // where conditions may leave some without: the setting holds then

    public JointRules(IReadOnlyList<JointRule> rules, JsonElement schema, JsonElement? settings, SearchSpace space)
    {
        (_rules, _space) = (rules, space);
        var given = settings is { ValueKind: JsonValueKind.Object } json ? Fields(json).ToArray() : [];
        var defaults = schema.TryGetProperty("properties", out var known)
            ? Fields(known).Where(p => p.Value.TryGetProperty("default", out _)).Select(p => KeyValuePair.Create(p.Key, p.Value.GetProperty("default"))) : [];
        foreach (var (name, value) in SettingFacts.Of(defaults, given))
            _active[name] = Domain.Of(value);
        _any = new Dictionary<string, Domain>(_active);
        foreach (var parameter in space.Parameters)
        {
            var domain = Domain.Of(parameter);
            _any[parameter.Name] = parameter.When is not null && _active.TryGetValue(parameter.Name, out var fixedTo) ? domain.Or(fixedTo.Values![0]) : domain;
            _active[parameter.Name] = domain;
        }

        _given.UnionWith(given.Select(g => g.Key));
    }

    /// <summary>The rules that no trial can keep, each at a setting or parameter that is given.</summary>
    public IEnumerable<Violation> Violations() => _rules.Where(Applies).Where(r => !Outlook.Of(r.Constraint.Expression, _any).CanHold).Select(r => new Violation(
        Pointer(r), $"{r.Rule}, but got {string.Join(", ", r.Constraint.Names.Select(name => _any[name].Shown(name)))}."));

    /// <summary>The space with constraints for the rules that only some of its points keep.</summary>
    public SearchSpace Narrowed()
    {
        var texts = _space.Constraints.Select(c => c.Text).ToList();
        foreach (var rule in _rules.Where(Applies).Where(r => Outlook.Of(r.Constraint.Expression, _active) is (true, true)))
            if (Reduction.Of(rule.Constraint.Expression, _active) is not Expression.Constant and var left && Reduction.Text(left) is { Length: <= ParameterConstraint.MaxLength } text
                && !texts.Contains(text) && texts.Count < SearchSpace.MaxConstraints && new ParameterConstraint(text).Violation(_space) is null)
                texts.Add(text);
        return texts.Count > _space.Constraints.Count ? _space.Constrained(texts) : _space;
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> Fields(JsonElement json) => json.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value));

    private bool Applies(JointRule rule) => rule.Constraint.Names.All(_any.ContainsKey);

    private string Pointer(JointRule rule) => rule.Constraint.Names.Prepend(rule.Field).Select(name =>
    {
        var setting = name.Split('.')[0];
        return _space.IndexOf(setting) is >= 0 and var i ? $"/parameters/{i}" : _given.Contains(setting) ? $"/runner/settings/{name.Replace('.', '/')}" : null;
    }).FirstOrDefault(pointer => pointer is not null) ?? "/runner/settings";
}
