using System.Globalization;

namespace HpoService.Search.Spaces.Constraints;

/// <summary>What a name in a constraint may be: some values, or any number of a range.</summary>
/// <param name="Values">Which values; null = all of the range.</param>
/// <param name="Low">The smallest number.</param>
/// <param name="High">The largest number.</param>
internal sealed record Domain(IReadOnlyList<ParameterValue>? Values, double Low, double High)
{
    private const int MostListed = 1000, MostShown = 10;

    /// <summary>One value.</summary>
    public static Domain Of(ParameterValue value) => Of([value]);

    /// <summary>Some values; of other than numbers the range is unknown.</summary>
    public static Domain Of(IReadOnlyList<ParameterValue> values) => values.All(v => v.Kind == ParameterValueKind.Number)
        ? new Domain(values, values.Min(v => v.Number), values.Max(v => v.Number))
        : new Domain(values, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>The values of a parameter.</summary>
    public static Domain Of(Parameter parameter) => parameter switch
    {
        ChoiceParameter p => Of(p.Choices),
        IntParameter { Cardinality: <= MostListed and var n } p => Of([.. Enumerable.Range(0, (int)n).Select(k => (ParameterValue)(double)(p.Low + k * p.Step))]),
        FloatParameter { Cardinality: <= MostListed and var n } p => Of([.. Enumerable.Range(0, (int)n).Select(k => (ParameterValue)p.AtStep(k))]),
        IntParameter p => new Domain(null, p.Low, p.High),
        FloatParameter p => new Domain(null, p.Low, p.High),
        _ => throw new InvalidOperationException($"{parameter.GetType()} has no domain."),
    };

    /// <summary>These values, and one more.</summary>
    public Domain Or(ParameterValue value) => Values is not null ? Of([.. Values, value])
        : value.Kind == ParameterValueKind.Number ? new Domain(null, Math.Min(Low, value.Number), Math.Max(High, value.Number))
        : new Domain(null, double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>As in <c>x = 3</c>, <c>x in {a, b}</c> or <c>x in [0, 1]</c>.</summary>
    public string Shown(string name) => Values switch
    {
        [var only] => $"{name} = {only}",
        null => string.Create(CultureInfo.InvariantCulture, $"{name} in [{Low}, {High}]"),
        _ => $"{name} in {{{string.Join(", ", Values.Take(MostShown))}{(Values.Count > MostShown ? $", … {Values[^1]}" : "")}}}",
    };
}
