using System.Globalization;

namespace HpoService.Search.Spaces.Constraints;

/// <summary>What is left of a constraint where some names are known, and its text.</summary>
internal static class Reduction
{
    private const int Loosest = 0, Conjunction = 1, Negation = 2, Comparing = 3, Sum = 4, Product = 5, Tightest = 6;

    /// <summary>The truth without what is decided anyway, and with the numbers of names that have but one; every name has a domain.</summary>
    public static Expression Of(Expression expression, IReadOnlyDictionary<string, Domain> domains)
    {
        if (expression.IsTruth && Outlook.Of(expression, domains) is var (canHold, canFail) && canHold != canFail)
            return new Expression.Constant(canHold);
        return expression switch
        {
            Expression.Name e => domains[e.Parameter].Values is [{ Kind: ParameterValueKind.Number } only] ? new Expression.Number(only.Number) : e,
            Expression.Negated e => new Expression.Negated(Of(e.Operand, domains)),
            Expression.Not e => new Expression.Not(Of(e.Operand, domains)),
            Expression.Arithmetic e => e with { Left = Of(e.Left, domains), Right = Of(e.Right, domains) },
            Expression.Comparison e => e with { Left = Of(e.Left, domains), Right = Of(e.Right, domains) },
            Expression.Both e => Joined(Of(e.Left, domains), Of(e.Right, domains), decides: false, (a, b) => new Expression.Both(a, b)),
            Expression.Either e => Joined(Of(e.Left, domains), Of(e.Right, domains), decides: true, (a, b) => new Expression.Either(a, b)),
            _ => expression,
        };
    }

    // What is known of one side decides the whole, or leaves the other side.
    private static Expression Joined(Expression left, Expression right, bool decides, Func<Expression, Expression, Expression> join) => (left, right) switch
    {
        (Expression.Constant a, _) => a.Holds == decides ? a : right,
        (_, Expression.Constant b) => b.Holds == decides ? b : left,
        _ => join(left, right),
    };

    /// <summary>Text that gives the same again.</summary>
    public static string Text(Expression expression) => Text(expression, Loosest);

    private static string Text(Expression expression, int within)
    {
        var (text, binds) = expression switch
        {
            Expression.Either e => ($"{Text(e.Left, Loosest)} or {Text(e.Right, Conjunction)}", Loosest),
            Expression.Both e => ($"{Text(e.Left, Conjunction)} and {Text(e.Right, Negation)}", Conjunction),
            Expression.Not e => ($"not {Text(e.Operand, Negation)}", Negation),
            Expression.Is e => ($"{Named(e.Parameter)} {(e.IsNegated ? "!=" : "==")} '{e.Text}'", Comparing),
            Expression.Comparison e => ($"{Text(e.Left, Sum)} {e.Operator} {Text(e.Right, Sum)}", Comparing),
            Expression.Arithmetic { Operator: '+' or '-' } e => ($"{Text(e.Left, Sum)} {e.Operator} {Text(e.Right, Product)}", Sum),
            Expression.Arithmetic e => ($"{Text(e.Left, Product)} {e.Operator} {Text(e.Right, Tightest)}", Product),
            Expression.Negated e => ($"-{Text(e.Operand, Tightest)}", Tightest),
            Expression.Number e => (e.Value.ToString("R", CultureInfo.InvariantCulture), Tightest),
            Expression.Name e => (Named(e.Parameter), Tightest),
            _ => throw new InvalidOperationException($"{expression.GetType()} has no text."),
        };
        return binds < within ? $"({text})" : text;
    }

    private static string Named(string name) =>
        name.All(c => char.IsLetterOrDigit(c) || c is '_' or '.') && !char.IsAsciiDigit(name[0]) && name[0] != '.' && Tokens.Of(name)[0].Kind == TokenKind.Name ? name : $"`{name}`";
}
