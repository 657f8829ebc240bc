namespace HpoService.Search.Spaces.Constraints;

/// <summary>A rule over several numeric parameters that every point must keep, such as <c>hidden1 >= hidden2</c>.</summary>
/// <remarks>Parameters (float, int, ordinal of numbers) and numbers, with + - * /, comparisons (&lt;= &lt; &gt;= &gt; == !=), and, or, not, and
/// parentheses. A name of other than letters, digits, '_' and '.' stands in backquotes. Equal is equal to a relative 1e-9. A rule that names
/// an inactive parameter does not apply.</remarks>
public sealed class ParameterConstraint
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 1000;

    private readonly Expression _expression;

    /// <summary>Reads a constraint.</summary>
    /// <exception cref="InvalidSearchSpaceException">It does not follow the grammar; the message gives the column.</exception>
    public ParameterConstraint(string text)
    {
        if (text.Length is < 1 or > MaxLength)
            throw new InvalidSearchSpaceException("", $"1 <= constraint length <= {MaxLength} must hold, but got {text.Length}.");
        (Text, _expression) = (text, Parser.Parse(text));
        Names = [.. Tokens.Of(text).Where(t => t.Kind == TokenKind.Name).Select(t => t.Text).Distinct()];
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The parameters that it names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether it holds; also true where a parameter that it names has no value.</summary>
    public bool Holds(IReadOnlyDictionary<string, ParameterValue> values)
    {
        foreach (var name in Names)
            if (!values.TryGetValue(name, out var value) || value.Kind != ParameterValueKind.Number)
                return true;
        return _expression.At(values) != 0;
    }

    /// <summary>The rule, then "but got" and the values.</summary>
    public string Message(IReadOnlyDictionary<string, ParameterValue> values) =>
        $"{Text} must hold, but got {string.Join(", ", Names.Select(name => $"{name} = {values[name]}"))}.";

    /// <summary>Why it does not fit the parameters, or null.</summary>
    internal string? Violation(SearchSpace space)
    {
        foreach (var name in Names)
        {
            if (space.IndexOf(name) is var i && i < 0)
                return $"every name in a constraint must be a parameter, but got '{name}'.";
            if (space.Parameters[i] is not (FloatParameter or IntParameter) and not OrdinalParameter { Choices: [{ Kind: ParameterValueKind.Number }, ..] })
                return $"every parameter in a constraint must be numeric, but got '{name}'.";
        }

        return Names.Count == 0 ? $"a constraint must name a parameter, but got '{Text}'." : null;
    }
}
