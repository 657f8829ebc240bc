namespace HpoService.Search.Spaces;

/// <summary>Makes a parameter active only for some values of an earlier one, which must itself be active.</summary>
public sealed record Condition
{
    /// <summary>Creates a condition on membership.</summary>
    /// <exception cref="InvalidSearchSpaceException">The list is empty.</exception>
    public Condition(string parameter, IReadOnlyList<ParameterValue> values)
    {
        if (values.Count == 0)
            throw new InvalidSearchSpaceException("/when/in", "in must list at least one value, but got none.");
        (Parameter, In) = (parameter, [.. values]);
    }

    /// <summary>Creates a condition on a number's range; at least one bound.</summary>
    /// <exception cref="InvalidSearchSpaceException">No bound, one that is not finite, or atLeast &gt; atMost.</exception>
    public Condition(string parameter, double? atLeast, double? atMost)
    {
        if (atLeast is null && atMost is null)
            throw new InvalidSearchSpaceException("/when", "when needs one of in, atLeast, atMost, but got none.");
        if (atLeast is { } from && !double.IsFinite(from))
            throw new InvalidSearchSpaceException("/when/atLeast", $"atLeast must be finite, but got {from}.");
        if (atMost is { } to && !double.IsFinite(to))
            throw new InvalidSearchSpaceException("/when/atMost", $"atMost must be finite, but got {to}.");
        if (atLeast > atMost)
            throw new InvalidSearchSpaceException("/when/atLeast", $"atLeast <= atMost must hold, but got [{atLeast}, {atMost}].");
        (Parameter, AtLeast, AtMost) = (parameter, atLeast, atMost);
    }

    /// <summary>The name of the earlier parameter.</summary>
    public string Parameter { get; }

    /// <summary>The values that make the parameter active; null for a range condition.</summary>
    public IReadOnlyList<ParameterValue>? In { get; }

    /// <summary>The smallest number that makes the parameter active.</summary>
    public double? AtLeast { get; }

    /// <summary>The largest number that makes the parameter active.</summary>
    public double? AtMost { get; }

    /// <summary>Whether a value of the earlier parameter makes the parameter active.</summary>
    public bool Holds(ParameterValue value) => In is not null
        ? In.Contains(value)
        : value.Kind == ParameterValueKind.Number && !(value.Number < AtLeast) && !(value.Number > AtMost);
}
