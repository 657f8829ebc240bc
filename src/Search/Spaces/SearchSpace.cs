using HpoService.Search.Numerics;
using HpoService.Search.Spaces.Constraints;

namespace HpoService.Search.Spaces;

/// <summary>The ordered parameters of a study, and the rules between them. A parameter's condition may only name an earlier one.</summary>
public sealed class SearchSpace
{
    internal const int MaxConstraints = 50;
    private const int AnchorDraws = 10_000;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly Lazy<ParameterValues?> _anchor;

    /// <summary>Creates a space.</summary>
    /// <exception cref="InvalidSearchSpaceException">No parameter or over 200, a name twice, or a condition on a parameter that does not
    /// stand earlier or on values that it does not have. Lists every violation, with pointers such as <c>/2/when/in</c>.</exception>
    public SearchSpace(IReadOnlyList<Parameter> parameters)
    {
        Parameters = [.. parameters];
        _anchor = new Lazy<ParameterValues?>(FindAnchor);
        var violations = new List<Violation>();
        if (parameters.Count is < 1 or > 200)
            violations.Add(new Violation("", $"1 <= number of parameters <= 200 must hold, but got {parameters.Count}."));
        for (var i = 0; i < parameters.Count; i++)
        {
            if (ConditionViolation(parameters[i]) is { } violation)
                violations.Add(violation with { Pointer = $"/{i}{violation.Pointer}" });
            if (!_index.TryAdd(parameters[i].Name, i))
                violations.Add(new Violation($"/{i}/name", $"names must be distinct, but got '{parameters[i].Name}' twice."));
        }

        if (violations.Count > 0)
            throw new InvalidSearchSpaceException(violations);
    }

    /// <summary>The same parameters with rules between them.</summary>
    /// <exception cref="InvalidSearchSpaceException">Over 50 rules, or one that cannot be read or names what is no numeric parameter. Lists every
    /// violation, with pointers such as <c>/0</c>.</exception>
    public SearchSpace Constrained(IReadOnlyList<string> constraints)
    {
        var violations = new List<Violation>();
        var rules = new List<ParameterConstraint>();
        if (constraints.Count > MaxConstraints)
            violations.Add(new Violation("", $"number of constraints <= {MaxConstraints} must hold, but got {constraints.Count}."));
        for (var i = 0; i < Math.Min(constraints.Count, MaxConstraints); i++)
        {
            try
            {
                rules.Add(new ParameterConstraint(constraints[i]));
                if (rules[^1].Violation(this) is { } rule)
                    violations.Add(new Violation($"/{i}", rule));
            }
            catch (InvalidSearchSpaceException e)
            {
                violations.AddRange(e.Violations.Select(v => v with { Pointer = $"/{i}{v.Pointer}" }));
            }
        }

        return violations.Count == 0 ? new SearchSpace(Parameters) { Constraints = rules } : throw new InvalidSearchSpaceException(violations);
    }

    /// <summary>The rules that every point keeps.</summary>
    public IReadOnlyList<ParameterConstraint> Constraints { get; private init; } = [];

    /// <summary>Whether a point, or what is known of it, keeps every rule.</summary>
    public bool Admits(IReadOnlyDictionary<string, ParameterValue> values)
    {
        foreach (var constraint in Constraints)
            if (!constraint.Holds(values))
                return false;
        return true;
    }

    /// <summary>A point that keeps every rule, the same each time; null when neither the middle nor any of 10,000 random points does.</summary>
    public ParameterValues? Anchor => _anchor.Value;

    /// <summary>The parameters, in the order given.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether any parameter has a condition.</summary>
    public bool IsConditional => Parameters.Any(p => p.When is not null);

    /// <summary>The position of a parameter, −1 when there is none of that name.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    /// <summary>Whether a parameter is active, given the values of the active parameters before it.</summary>
    public static bool IsActive(Parameter parameter, IReadOnlyDictionary<string, ParameterValue> earlier) =>
        parameter.When is not { } when || (earlier.TryGetValue(when.Parameter, out var value) && when.Holds(value));

    /// <summary>All rules that the values break as a complete point: each active parameter present and in range, no other name, every
    /// constraint kept.</summary>
    public IReadOnlyList<Violation> Violations(ParameterValues values) => Violations(values, partial: false);

    /// <summary>As <see cref="Violations(ParameterValues)"/>, but parameters may be left out, to be filled in by a sampler.</summary>
    public IReadOnlyList<Violation> ViolationsOfPartial(ParameterValues values) => Violations(values, partial: true);

    /// <summary>The same values, those of floats with a step as the grid has them: 0.1 + 2*0.1 is 0.3. What is no parameter's stays as it is.</summary>
    public ParameterValues OnGrid(ParameterValues values) => new(values.Select(v => IndexOf(v.Key) is >= 0 and var i && Parameters[i] is FloatParameter { Step: not null } p
        ? KeyValuePair.Create<string, ParameterValue>(v.Key, p.Nearest(v.Value.Number)) : v));

    private List<Violation> Violations(ParameterValues values, bool partial)
    {
        var violations = new List<Violation>();
        foreach (var name in values.Keys.Where(name => IndexOf(name) < 0))
            violations.Add(new Violation($"/{JsonPointer.Part(name)}", $"every name must be a parameter of the study, but got '{name}'."));
        foreach (var parameter in Parameters)
        {
            var given = values.TryGetValue(parameter.Name, out var value);
            var decided = parameter.When is not { } when || values.ContainsKey(when.Parameter) || !partial;
            var active = IsActive(parameter, values);
            var rule = given switch
            {
                true when decided && !active => $"{parameter.Name} must be absent while it is inactive, but got {value}.",
                true => parameter.Violation(value),
                false when active && !partial => $"{parameter.Name} must be given, but got nothing.",
                _ => null,
            };
            if (rule is not null)
                violations.Add(new Violation($"/{JsonPointer.Part(parameter.Name)}", rule));
        }

        if (violations.Count == 0)
            violations.AddRange(Constraints.Where(c => !c.Holds(values)).Select(c => new Violation("", c.Message(values))));
        return violations;
    }

    private ParameterValues? FindAnchor()
    {
        var cube = new UnitCube(this);
        var stream = new RandomStream(0, 0);
        var point = new double[cube.Dimensions];
        Array.Fill(point, 0.5);
        for (var draw = 0; draw <= AnchorDraws; draw++)
        {
            if (cube.Decode(point) is var values && Admits(values))
                return values;
            for (var i = 0; i < point.Length; i++)
                point[i] = stream.NextDouble();
        }

        return null;
    }

    private Violation? ConditionViolation(Parameter parameter)
    {
        if (parameter.When is not { } when)
            return null;
        if (IndexOf(when.Parameter) is var i && i < 0)
            return new Violation("/when/parameter", $"when must name an earlier parameter, but got '{when.Parameter}'.");
        var parent = Parameters[i];
        if (when.In is null)
        {
            return parent is FloatParameter or IntParameter or OrdinalParameter { Choices: [{ Kind: ParameterValueKind.Number }, ..] }
                ? null
                : new Violation("/when", $"atLeast and atMost need a numeric parameter, but got '{parent.Name}'.");
        }

        if (parent is not (ChoiceParameter or IntParameter))
            return new Violation("/when/in", $"in needs a categorical, ordinal, boolean or int parameter, but got '{parent.Name}'.");
        return when.In.FirstOrDefault(value => parent.Violation(value) is not null) is var bad && when.In.Any(v => parent.Violation(v) is not null)
            ? new Violation("/when/in", $"in must list values of '{parent.Name}', but got '{bad}'.")
            : null;
    }
}
