namespace HpoService.Search.Spaces.Constraints;

/// <summary>A rule over several parameters that every point must keep, such as <c>hidden1 >= hidden2</c>.</summary>
/// <remarks>Parameters of numbers (float, int, choices of numbers) and numbers, with + - * / %, comparisons (&lt;= &lt; &gt;= &gt; == !=), and, or, not,
/// and parentheses; choices of texts and booleans are compared with texts: <c>optimizer != 'sgd' or momentum >= 0.5</c>. A name of other than letters, digits, '_' and '.'
/// stands in backquotes. Equal is equal to 1e-9, relative above 1. A rule that names an inactive parameter does not apply.</remarks>
public sealed class ParameterConstraint
{
    /// <summary>The longest text, in characters.</summary>
    public const int MaxLength = 1000;

    private readonly HashSet<string> _numbers;

    /// <summary>Reads a constraint.</summary>
    /// <exception cref="InvalidSearchSpaceException">It does not follow the grammar; the message gives the column.</exception>
    public ParameterConstraint(string text)
    {
        if (text.Length is < 1 or > MaxLength)
            throw new InvalidSearchSpaceException("", $"1 <= constraint length <= {MaxLength} must hold, but got {text.Length}.");
        (Text, Expression) = (text, Parser.Parse(text));
        Names = [.. Expression.All.Select(e => (e as Expression.Name)?.Parameter ?? (e as Expression.Is)?.Parameter).OfType<string>().Distinct()];
        _numbers = [.. Expression.All.OfType<Expression.Name>().Select(e => e.Parameter)];
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The parameters that it names.</summary>
    public IReadOnlyList<string> Names { get; }

    internal Expression Expression { get; }

    /// <summary>Whether it holds; also true where a parameter that it names has no value.</summary>
    public bool Holds(IReadOnlyDictionary<string, ParameterValue> values)
    {
        foreach (var name in Names)
            if (!values.TryGetValue(name, out var value) || value.Kind != ParameterValueKind.Number && _numbers.Contains(name))
                return true;
        return Expression.At(values) != 0;
    }

    /// <summary>The rule, then "but got" and the values.</summary>
    public string Message(IReadOnlyDictionary<string, ParameterValue> values) => $"{Text} must hold, but got {Shown(values)}.";

    /// <summary>Why it does not fit the parameters, or null.</summary>
    internal string? Violation(SearchSpace space)
    {
        if (Names.FirstOrDefault(name => space.IndexOf(name) < 0) is { } unknown)
            return $"every name in a constraint must be a parameter, but got '{unknown}'.";
        if (Names.FirstOrDefault(name => _numbers.Contains(name) && space.Parameters[space.IndexOf(name)] is not (FloatParameter or IntParameter) and var p
            && !(p is ChoiceParameter choice && choice.Choices.All(c => c.Kind == ParameterValueKind.Number))) is { } other)
            return $"every parameter in a constraint must be numeric, but got '{other}'.";
        if (Expression.All.OfType<Expression.Is>().FirstOrDefault(e => space.Parameters[space.IndexOf(e.Parameter)] is var p && !(p is ChoiceParameter c && c.Choices.Any(e.IsThis))) is { } wrong)
            return $"every text in a constraint must be a value of its parameter, but got '{wrong.Text}' for '{wrong.Parameter}'.";
        return Names.Count == 0 ? $"a constraint must name a parameter, but got '{Text}'." : null;
    }

    /// <summary>The values of the parameters that it names.</summary>
    internal string Shown(IReadOnlyDictionary<string, ParameterValue> values) => string.Join(", ", Names.Where(values.ContainsKey).Select(name => $"{name} = {values[name]}"));
}
