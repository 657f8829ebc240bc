namespace HpoService.Search.Spaces;

/// <summary>One dimension of a search space.</summary>
public abstract record Parameter
{
    private protected Parameter(string name, Condition? when)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > 100)
            throw new InvalidSearchSpaceException("/name", $"1 <= name length <= 100 must hold and a name must not be blank, but got '{name}'.");
        (Name, When) = (name, when);
    }

    /// <summary>Its name, unique in its space.</summary>
    public string Name { get; }

    /// <summary>When it is active; null = always.</summary>
    public Condition? When { get; }

    /// <summary>How many distinct values it has; null = a continuum.</summary>
    public abstract long? Cardinality { get; }

    /// <summary>The rule that a value breaks ("… must hold, but got …"), or null when the value belongs to this parameter.</summary>
    public abstract string? Violation(ParameterValue value);

    private protected static bool IsInteger(double value) => Math.Floor(value) == value;
}

/// <summary>How a numeric range is measured.</summary>
public enum Scale
{
    /// <summary>Equal differences count the same.</summary>
    Linear,

    /// <summary>Equal ratios count the same; low must be positive.</summary>
    Log,
}
