namespace HpoService.Search.Spaces;

/// <summary>A parameter with a finite list of values.</summary>
public abstract record ChoiceParameter : Parameter
{
    private protected ChoiceParameter(string name, IReadOnlyList<ParameterValue> choices, string field, Condition? when)
        : base(name, when)
    {
        if (choices.Count is < 1 or > 1000)
            throw new InvalidSearchSpaceException($"/{field}", $"1 to 1000 {field} must be given, but got {choices.Count}.");
        if (choices.Distinct().Count() != choices.Count)
            throw new InvalidSearchSpaceException($"/{field}", $"{field} must be distinct, but got [{string.Join(", ", choices)}].");
        if (choices.Any(choice => choice.Kind == ParameterValueKind.Number && !double.IsFinite(choice.Number)))
            throw new InvalidSearchSpaceException($"/{field}", $"{field} must be finite, but got [{string.Join(", ", choices)}].");
        Choices = [.. choices];
    }

    /// <summary>All its values, at least one, distinct.</summary>
    public IReadOnlyList<ParameterValue> Choices { get; }

    /// <inheritdoc/>
    public override long? Cardinality => Choices.Count;

    /// <summary>The position of a value in <see cref="Choices"/>, −1 when absent.</summary>
    public int IndexOf(ParameterValue value)
    {
        for (var i = 0; i < Choices.Count; i++)
            if (Choices[i] == value)
                return i;
        return -1;
    }

    /// <inheritdoc/>
    public override string? Violation(ParameterValue value) =>
        IndexOf(value) >= 0 ? null : $"{Name} must be one of [{string.Join(", ", Choices)}], but got {value.Kind} '{value}'.";
}

/// <summary>Values with an order: neighbours in the list behave alike. Numbers must be strictly increasing.</summary>
public sealed record OrdinalParameter : ChoiceParameter
{
    /// <summary>Creates the list.</summary>
    /// <exception cref="InvalidSearchSpaceException">The values are empty, repeated, or numbers out of order.</exception>
    public OrdinalParameter(string name, IReadOnlyList<ParameterValue> values, Condition? when = null) : base(name, values, "values", when)
    {
        if (values.All(v => v.Kind == ParameterValueKind.Number) && !values.Zip(values.Skip(1)).All(pair => pair.First.Number < pair.Second.Number))
            throw new InvalidSearchSpaceException("/values", $"numeric values must increase, but got [{string.Join(", ", values)}].");
    }
}

/// <summary>Values without an order.</summary>
public sealed record CategoricalParameter : ChoiceParameter
{
    /// <summary>Creates the list.</summary>
    /// <exception cref="InvalidSearchSpaceException">The choices are empty or repeated.</exception>
    public CategoricalParameter(string name, IReadOnlyList<ParameterValue> choices, Condition? when = null) : base(name, choices, "choices", when)
    {
    }
}

/// <summary>False or true.</summary>
public sealed record BooleanParameter(string Name, Condition? When = null) : ChoiceParameter(Name, [false, true], "choices", When);
