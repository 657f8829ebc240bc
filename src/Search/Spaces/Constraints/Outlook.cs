namespace HpoService.Search.Spaces.Constraints;

/// <summary>Whether a constraint can hold, and whether it can fail, where names may be this or that: both are said whenever in doubt. Names of few values are gone through, for the
/// others it calculates with ranges (interval arithmetic).</summary>
internal static class Outlook
{
    private const int MostCombinations = 2000;
    private static readonly (double Low, double High) Unknown = (double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Of a truth; every name has a domain.</summary>
    public static (bool CanHold, bool CanFail) Of(Expression truth, IReadOnlyDictionary<string, Domain> domains)
    {
        var known = new Dictionary<string, Domain>(domains);
        var names = truth.All.Select(e => (e as Expression.Name)?.Parameter ?? (e as Expression.Is)?.Parameter).OfType<string>().Distinct();
        var (listed, combinations) = (new List<(string Name, IReadOnlyList<ParameterValue> Values)>(), 1);
        foreach (var (name, values) in names.Select(n => (n, domains[n].Values)).Where(n => n.Values is { Count: > 1 }).OrderBy(n => n.Values!.Count))
        {
            if ((combinations *= values!.Count) > MostCombinations)
                break;
            listed.Add((name, values));
        }

        var (canHold, canFail) = (false, false);
        Go(0);
        return (canHold, canFail);

        void Go(int i)
        {
            if (i == listed.Count)
            {
                var (low, high) = Range(truth, known);
                (canHold, canFail) = (canHold || high > 0, canFail || low < 1);
                return;
            }

            foreach (var value in listed[i].Values)
            {
                if (canHold && canFail)
                    return;
                known[listed[i].Name] = Domain.Of(value);
                Go(i + 1);
            }
        }
    }

    /// <summary>Whether a truth can hold, by ranges alone; every name has a domain.</summary>
    public static bool CanHold(Expression truth, IReadOnlyDictionary<string, Domain> domains) => Range(truth, domains).High > 0;

    /// <summary>A number's bounds, or of a truth (1, 1), (0, 0), or (0, 1) for what may be either.</summary>
    private static (double Low, double High) Range(Expression expression, IReadOnlyDictionary<string, Domain> domains) => expression switch
    {
        Expression.Number e => (e.Value, e.Value),
        Expression.Name e => (domains[e.Parameter].Low, domains[e.Parameter].High),
        Expression.Constant e => Truth(e.Holds, !e.Holds),
        Expression.Is e => domains[e.Parameter].Values is not { } values ? Truth(e.IsNegated, !e.IsNegated)
            : Truth(values.Any(v => e.IsThis(v) != e.IsNegated), values.Any(v => e.IsThis(v) == e.IsNegated)),
        Expression.Negated e when Range(e.Operand, domains) is var (low, high) => (-high, -low),
        Expression.Not e when Range(e.Operand, domains) is var (low, high) => (1 - high, 1 - low),
        Expression.Both e when (Range(e.Left, domains), Range(e.Right, domains)) is var (a, b) => (Math.Min(a.Low, b.Low), Math.Min(a.High, b.High)),
        Expression.Either e when (Range(e.Left, domains), Range(e.Right, domains)) is var (a, b) => (Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)),
        Expression.Arithmetic e => Calculated(e, Range(e.Left, domains), Range(e.Right, domains)),
        Expression.Comparison e => Compared(e.Operator, Range(e.Left, domains), Range(e.Right, domains)),
        _ => throw new InvalidOperationException($"{expression.GetType()} has no range."),
    };

    private static (double Low, double High) Calculated(Expression.Arithmetic e, (double Low, double High) a, (double Low, double High) b)
    {
        double[] ends = (e.Operator, IsOne(a) && IsOne(b)) switch
        {
            ('+', _) => [a.Low + b.Low, a.High + b.High],
            ('-', _) => [a.Low - b.High, a.High - b.Low],
            ('*', _) => [a.Low * b.Low, a.Low * b.High, a.High * b.Low, a.High * b.High],
            (_, true) => [(e with { Left = new Expression.Number(a.Low), Right = new Expression.Number(b.Low) }).At(Nothing)],
            ('/', _) when b.Low > 0 || b.High < 0 => [a.Low / b.Low, a.Low / b.High, a.High / b.Low, a.High / b.High],
            ('%', _) when b.Low > 0 => [0, b.High],
            _ => [double.NaN],
        };
        return ends.Any(double.IsNaN) ? Unknown : (ends.Min(), ends.Max());
    }

    private static (double Low, double High) Compared(string sign, (double Low, double High) a, (double Low, double High) b)
    {
        if (IsOne(a) && IsOne(b) && !(double.IsFinite(a.Low) && double.IsFinite(b.Low)))
            return Truth(true, true);
        return sign switch
        {
            "<=" => Truth(AtMost(a.Low, b.High), !AtMost(a.High, b.Low)),
            "<" => Truth(!AtMost(b.High, a.Low), AtMost(b.Low, a.High)),
            ">=" => Truth(AtMost(b.Low, a.High), !AtMost(b.High, a.Low)),
            ">" => Truth(!AtMost(a.High, b.Low), AtMost(a.Low, b.High)),
            "==" => Equal(),
            _ when Equal() is var (low, high) => (1 - high, 1 - low),
            _ => Truth(true, true),
        };

        (double Low, double High) Equal() => Truth(AtMost(a.Low, b.High) && AtMost(b.Low, a.High), !IsOne(a) || !IsOne(b) || !AtMost(a.Low, b.Low) || !AtMost(b.Low, a.Low));

        static bool AtMost(double x, double y) => Expression.Comparison.IsAtMost(x, y);
    }

    private static readonly Dictionary<string, ParameterValue> Nothing = [];

    private static bool IsOne((double Low, double High) range) => range.Low.Equals(range.High);

    private static (double Low, double High) Truth(bool canHold, bool canFail) => (canFail ? 0 : 1, canHold ? 1 : 0);
}
