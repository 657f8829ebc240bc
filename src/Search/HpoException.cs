namespace HpoService.Search;

/// <summary>An input that breaks a rule. The message states the rule, then "but got" and the values.</summary>
public class HpoException : Exception
{
    /// <summary>Creates the error of one rule broken by one field.</summary>
    /// <param name="pointer">Where the bad value stands, as a JSON pointer relative to the object that was validated; empty for the whole.</param>
    /// <param name="message">The rule, then "but got" and the values.</param>
    public HpoException(string pointer, string message) : this([new Violation(pointer, message)])
    {
    }

    /// <summary>Creates one error from all the rules that one input breaks.</summary>
    public HpoException(IReadOnlyList<Violation> violations) : base(string.Join(" ", violations.Select(v => v.Message))) =>
        Violations = violations;

    /// <summary>Every rule broken, at least one.</summary>
    public IReadOnlyList<Violation> Violations { get; }
}

/// <summary>One broken rule and the field that breaks it, as a JSON pointer.</summary>
/// <param name="Pointer">The field.</param>
/// <param name="Message">The rule, then "but got" and the values.</param>
/// <param name="IsMalformed">Whether the field is unknown or of the wrong type, whatever its value.</param>
public sealed record Violation(string Pointer, string Message, bool IsMalformed = false);

/// <summary>A search space that contradicts itself.</summary>
public sealed class InvalidSearchSpaceException(IReadOnlyList<Violation> violations) : HpoException(violations)
{
    /// <summary>Creates the error of one field.</summary>
    public InvalidSearchSpaceException(string pointer, string message) : this([new Violation(pointer, message)])
    {
    }
}

/// <summary>Parameter values that do not lie in their search space.</summary>
public sealed class InvalidParameterValuesException(IReadOnlyList<Violation> violations) : HpoException(violations);

/// <summary>A study definition that breaks a rule outside its search space.</summary>
public sealed class InvalidStudyException(IReadOnlyList<Violation> violations) : HpoException(violations)
{
    /// <summary>Creates the error of one field.</summary>
    public InvalidStudyException(string pointer, string message) : this([new Violation(pointer, message)])
    {
    }
}
