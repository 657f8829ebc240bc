namespace HpoService.Search.Spaces;

/// <summary>The ordered parameters of a study. A parameter's condition may only name an earlier one.</summary>
public sealed class SearchSpace
{
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>Creates a space.</summary>
    /// <exception cref="InvalidSearchSpaceException">No parameter or over 200, a name twice, or a condition on a parameter that does not
    /// stand earlier or on values that it does not have. Lists every violation, with pointers such as <c>/2/when/in</c>.</exception>
    public SearchSpace(IReadOnlyList<Parameter> parameters)
    {
        Parameters = [.. parameters];
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

    /// <summary>The parameters, in the order given.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether any parameter has a condition.</summary>
    public bool IsConditional => Parameters.Any(p => p.When is not null);

    /// <summary>The position of a parameter, −1 when there is none of that name.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    /// <summary>Whether a parameter is active, given the values of the active parameters before it.</summary>
    public static bool IsActive(Parameter parameter, IReadOnlyDictionary<string, ParameterValue> earlier) =>
        parameter.When is not { } when || (earlier.TryGetValue(when.Parameter, out var value) && when.Holds(value));

    /// <summary>All rules that the values break as a complete point: each active parameter present and in range, no other name.</summary>
    public IReadOnlyList<Violation> Violations(ParameterValues values) => Violations(values, partial: false);

    /// <summary>As <see cref="Violations(ParameterValues)"/>, but parameters may be left out, to be filled in by a sampler.</summary>
    public IReadOnlyList<Violation> ViolationsOfPartial(ParameterValues values) => Violations(values, partial: true);

    private List<Violation> Violations(ParameterValues values, bool partial)
    {
        var violations = new List<Violation>();
        foreach (var name in values.Keys.Where(name => IndexOf(name) < 0))
            violations.Add(new Violation($"/{name}", $"every name must be a parameter of the study, but got '{name}'."));
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
                violations.Add(new Violation($"/{parameter.Name}", rule));
        }

        return violations;
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
