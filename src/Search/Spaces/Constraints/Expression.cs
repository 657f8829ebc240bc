namespace HpoService.Search.Spaces.Constraints;

/// <summary>A node of a constraint's tree: a number, or a truth value as 1 or 0.</summary>
internal abstract record Expression(bool IsTruth)
{
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
            (_, var a, var b) => a / b,
        };
    }

    public sealed record Comparison(string Operator, Expression Left, Expression Right) : Expression(true)
    {
        // 0.1 + 0.2 <= 0.3 holds for whoever writes it: sums of steps are equal up to their rounding.
        private const double Tolerance = 1e-9;

        public override double At(IReadOnlyDictionary<string, ParameterValue> values)
        {
            var (a, b) = (Left.At(values), Right.At(values));
            if (!double.IsFinite(a) || !double.IsFinite(b))
                return Operator == "!=" ? 1 : 0;
            var equal = Math.Abs(a - b) <= Tolerance * Math.Max(1, Math.Max(Math.Abs(a), Math.Abs(b)));
            var holds = Operator switch
            {
                "<=" => a < b || equal,
                "<" => a < b && !equal,
                ">=" => a > b || equal,
                ">" => a > b && !equal,
                "==" => equal,
                _ => !equal,
            };
            return holds ? 1 : 0;
        }
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
