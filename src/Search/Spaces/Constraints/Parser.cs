// Grammar, loosest first; `not` binds a comparison, a name in backquotes may hold any character but that, a text in quotes any but those:
//   either     = both { "or" both }
//   both       = truth { "and" truth }
//   truth      = "not" truth | comparison
//   comparison = sum [ ("<=" | "<" | ">=" | ">" | "==" | "!=") sum ] | name ("==" | "!=") text
//   sum        = product { ("+" | "-") product }
//   product    = unary { ("*" | "/" | "%") unary }
//   unary      = "-" unary | number | name | "(" either ")"
using System.Globalization;

namespace HpoService.Search.Spaces.Constraints;

/// <summary>Reads a constraint by recursive descent.</summary>
internal sealed class Parser(List<Token> tokens)
{
    private const int MaxDepth = 64;
    private int _at, _depth;

    private Token Next => tokens[_at];

    /// <exception cref="InvalidSearchSpaceException">It does not follow the grammar, or is a number and no truth.</exception>
    public static Expression Parse(string text)
    {
        var parser = new Parser(Tokens.Of(text));
        var expression = parser.Either();
        return parser.Next.Kind != TokenKind.End ? throw Tokens.Bad("an operator or its end", parser.Next.Text, parser.Next.Column)
            : expression.IsTruth ? expression
            : throw new InvalidSearchSpaceException("", $"a constraint must compare, such as 'a <= b', but got '{text}'.");
    }

    private Expression Either()
    {
        var left = Both();
        while (Next is var word && Take("or"))
            left = new Expression.Either(Truth(left, word), Truth(Both(), word));
        return left;
    }

    private Expression Both()
    {
        var left = Negation();
        while (Next is var word && Take("and"))
            left = new Expression.Both(Truth(left, word), Truth(Negation(), word));
        return left;
    }

    private Expression Negation() => Next is var word && Take("not") ? Deeper(() => new Expression.Not(Truth(Negation(), word))) : Comparison();

    private Expression Comparison()
    {
        var left = Sum();
        if (Next is not { Kind: TokenKind.Operator, Text: "<=" or "<" or ">=" or ">" or "==" or "!=" } word || !Take(word.Text))
            return left;
        if (Next is not { Kind: TokenKind.Text } text)
            return new Expression.Comparison(word.Text, Value(left, word), Value(Sum(), word));
        _at++;
        return left is Expression.Name name && word.Text is ("==" or "!=") ? new Expression.Is(name.Parameter, text.Text, word.Text == "!=")
            : throw new InvalidSearchSpaceException("", $"'{word.Text}' at column {word.Column} must be == or != after a name where a text follows, but got '{text.Text}'.");
    }

    private Expression Sum()
    {
        var left = Product();
        while (Next is var word && (Take("+") || Take("-")))
            left = new Expression.Arithmetic(word.Text[0], Value(left, word), Value(Product(), word));
        return left;
    }

    private Expression Product()
    {
        var left = Unary();
        while (Next is var word && (Take("*") || Take("/") || Take("%")))
            left = new Expression.Arithmetic(word.Text[0], Value(left, word), Value(Unary(), word));
        return left;
    }

    private Expression Unary()
    {
        var word = Next;
        if (Take("-"))
            return Deeper(() => new Expression.Negated(Value(Unary(), word)));
        if (Take("("))
        {
            var inner = Deeper(Either);
            return Take(")") ? inner : throw Tokens.Bad("')'", Next.Text, Next.Column);
        }

        if (word.Kind is not (TokenKind.Number or TokenKind.Name))
            throw Tokens.Bad("a name, a number or '('", word.Text, word.Column);
        _at++;
        return word.Kind == TokenKind.Name ? new Expression.Name(word.Text) : new Expression.Number(double.Parse(word.Text, CultureInfo.InvariantCulture));
    }

    // The parser calls itself: without a bound, a text of parentheses would end the process.
    private Expression Deeper(Func<Expression> inner)
    {
        if (++_depth > MaxDepth)
            throw new InvalidSearchSpaceException("", $"nesting depth <= {MaxDepth} must hold in a constraint, but got more.");
        var expression = inner();
        _depth--;
        return expression;
    }

    private bool Take(string text)
    {
        if (!Next.Is(text))
            return false;
        _at++;
        return true;
    }

    private static Expression Truth(Expression operand, Token word) => operand.IsTruth ? operand
        : throw new InvalidSearchSpaceException("", $"'{word.Text}' at column {word.Column} must join comparisons, but got a number.");

    private static Expression Value(Expression operand, Token word) => !operand.IsTruth ? operand
        : throw new InvalidSearchSpaceException("", $"'{word.Text}' at column {word.Column} must stand between numbers, but got a comparison.");
}
