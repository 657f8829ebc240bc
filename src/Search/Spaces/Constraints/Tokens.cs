using System.Globalization;

namespace HpoService.Search.Spaces.Constraints;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    Number,
    Name,
    Text,
    Operator,
    End,
}

/// <summary>A word of a constraint and where it starts, from column 1.</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Column)
{
    public bool Is(string text) => Kind == TokenKind.Operator && Text == text;
}

/// <summary>Cuts a constraint into words.</summary>
internal static class Tokens
{
    private static readonly string[] Operators = ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "%", "(", ")"];
    private static readonly string[] Words = ["and", "or", "not"];

    /// <exception cref="InvalidSearchSpaceException">A character that starts no word.</exception>
    public static List<Token> Of(string text)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var token = At(text, i, out var end);
            tokens.Add(token);
            i = end;
        }

        tokens.Add(new Token(TokenKind.End, "the end", text.Length + 1));
        return tokens;
    }

    private static Token At(string text, int i, out int end)
    {
        if (text[i] == '`' && text.IndexOf('`', i + 1) is var close and > 0)
        {
            end = close + 1;
            return new Token(TokenKind.Name, text[(i + 1)..close], i + 1);
        }

        if (text[i] == '\'' && text.IndexOf('\'', i + 1) is var quote and > 0)
        {
            end = quote + 1;
            return new Token(TokenKind.Text, text[(i + 1)..quote], i + 1);
        }

        if (Operators.FirstOrDefault(o => string.CompareOrdinal(text, i, o, 0, o.Length) == 0) is { } found)
        {
            end = i + found.Length;
            return new Token(TokenKind.Operator, found, i + 1);
        }

        end = i;
        if (char.IsAsciiDigit(text[i]) || text[i] == '.')
        {
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '.' || (text[end] is '+' or '-' && text[end - 1] is 'e' or 'E')))
                end++;
            var number = text[i..end];
            return double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                ? new Token(TokenKind.Number, number, i + 1)
                : throw Bad("a finite number", number, i + 1);
        }

        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
            end++;
        if (end == i)
            throw Bad("a name, a number, an operator or a parenthesis", text[i..Math.Min(i + 1, text.Length)], i + 1);
        var word = text[i..end];
        return new Token(Words.Contains(word) ? TokenKind.Operator : TokenKind.Name, word, i + 1);
    }

    public static InvalidSearchSpaceException Bad(string wanted, string got, int column) =>
        new("", $"a constraint must have {wanted} at column {column}, but got '{got}'.");
}
