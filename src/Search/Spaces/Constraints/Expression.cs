namespace HpoService.Search.Spaces.Constraints;

/// <summary>A node of a constraint's tree: a number, or a truth value as 1 or 0.</summary>
internal abstract record Expression(bool IsTruth)
{
    private const double Tolerance = 1e-9;

    /// <summary>The expressions that it is made of, itself first, as they are written.</summary>
    public IEnumerable<Expression> All => Parts.SelectMany(e => e.All).Prepend(this);

    private Expression[] Parts => this switch
    {
        Negated e => [e.Operand],
        Not e => [e.Operand],
        Arithmetic e => [e.Left, e.Right],
        Comparison e => [e.Left, e.Right],
        Both e => [e.Left, e.Right],
        Either e => [e.Left, e.Right],
        _ => [],
    };

    /// <summary>Its value where every name has one. Division by zero gives an infinity or NaN, of which no comparison but != holds.</summary>
    public abstract double At(IReadOnlyDictionary<string, ParameterValue> values);

    public sealed record Number(double Value) : Expression(false)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => Value;
    }

    public sealed record Name(string Parameter) : Expression(false)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => values[Parameter].Number;
    }

    public sealed record Negated(Expression Operand) : Expression(false)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => -Operand.At(values);
    }

    public sealed record Not(Expression Operand) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => Operand.At(values) == 0 ? 1 : 0;
    }

    public sealed record Arithmetic(char Operator, Expression Left, Expression Right) : Expression(false)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => (Operator, Left.At(values), Right.At(values)) switch
        {
            ('+', var a, var b) => a + b,
            ('-', var a, var b) => a - b,
            ('*', var a, var b) => a * b,
            ('%', var a, var b) => Remainder(a, b),
            (_, var a, var b) => a / b,
        };

        // Of the sign of b: -1 % 3 is 2. What rounding keeps from the next multiple is one: 0.3 % 0.1 is 0.
        private static double Remainder(double a, double b)
        {
            const double Rounding = 16 * 2.2e-16;
            var rest = Math.IEEERemainder(a, b); // exact, from -b/2 to b/2
            if (Math.Abs(rest) <= Rounding * Math.Abs(a) && !(double.IsInteger(a) && double.IsInteger(b)))
                return 0;
            return rest != 0 && rest < 0 != b < 0 ? rest + b : rest;
        }
    }

    public sealed record Comparison(string Operator, Expression Left, Expression Right) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values)
        {
            var (a, b) = (Left.At(values), Right.At(values));
            if (!double.IsFinite(a) || !double.IsFinite(b))
                return Operator == "!=" ? 1 : 0;
            var holds = Operator switch
            {
                "<=" => IsAtMost(a, b),
                "<" => !IsAtMost(b, a),
                ">=" => IsAtMost(b, a),
                ">" => !IsAtMost(a, b),
                "==" => IsAtMost(a, b) && IsAtMost(b, a),
                _ => !IsAtMost(a, b) || !IsAtMost(b, a),
            };
            return holds ? 1 : 0;
        }

        // 0.1 + 0.2 <= 0.3 holds for whoever writes it: sums of steps are equal up to their rounding.
        internal static bool IsAtMost(double a, double b) => a <= b || double.IsFinite(a) && double.IsFinite(b) && a - b <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
    }

    /// <summary>Whether a text or truth value is this one.</summary>
    public sealed record Is(string Parameter, string Text, bool IsNegated) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => IsThis(values[Parameter]) != IsNegated ? 1 : 0;

        public bool IsThis(ParameterValue value) => value.Kind != ParameterValueKind.Number && value.ToString() == Text;
    }

    /// <summary>What always or never holds; no text says so.</summary>
    public sealed record Constant(bool Holds) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => Holds ? 1 : 0;
    }

    public sealed record Both(Expression Left, Expression Right) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => Left.At(values) != 0 && Right.At(values) != 0 ? 1 : 0;
    }

    public sealed record Either(Expression Left, Expression Right) : Expression(true)
    {
        public override double At(IReadOnlyDictionary<string, ParameterValue> values) => Left.At(values) != 0 || Right.At(values) != 0 ? 1 : 0;
    }
}
