namespace HpoService.Search.Spaces;

/// <summary>Maps a search space to [0, 1]^d and back, one coordinate a parameter. The only place that takes logs or rounds.</summary>
/// <remarks>A continuous value is its relative position on its scale. A discrete one with k values takes the middle of its cell: cells
/// have equal width, but for ints on a log scale, whose cells are as wide as [v − ½, v + ½] on that scale. So a uniform point of the
/// cube decodes to a uniform value. Decoding an encoded value gives it back: exactly for discrete parameters of up to 2^50 values (1e12 for ints
/// on a log scale), to a relative 1e-12 for continuous ones. An inactive parameter's coordinate is <see cref="Inactive"/>.</remarks>
public sealed class UnitCube(SearchSpace space)
{
    /// <summary>The coordinate of an inactive parameter: the middle, so that two points where it is inactive agree.</summary>
    public const double Inactive = 0.5;

    /// <summary>The space.</summary>
    public SearchSpace Space { get; } = space;

    /// <summary>The number of coordinates.</summary>
    public int Dimensions => Space.Parameters.Count;

    /// <summary>The coordinates of a point, shape [d].</summary>
    public double[] Encode(ParameterValues values) =>
        [.. Space.Parameters.Select(p => values.TryGetValue(p.Name, out var value) ? Encode(p, value) : Inactive)];

    /// <summary>The point of coordinates in [0, 1], shape [d]; those of inactive parameters are ignored.</summary>
    public ParameterValues Decode(ReadOnlySpan<double> point)
    {
        var values = new Dictionary<string, ParameterValue>(Dimensions);
        for (var i = 0; i < Dimensions; i++)
        {
            var parameter = Space.Parameters[i];
            if (SearchSpace.IsActive(parameter, values))
                values.Add(parameter.Name, Decode(parameter, Math.Clamp(point[i], 0, 1)));
        }

        return new ParameterValues(values);
    }

    /// <summary>The coordinate of one value.</summary>
    public static double Encode(Parameter parameter, ParameterValue value) => parameter switch
    {
        FloatParameter { Step: null, Scale: Scale.Log } p => Relative(Math.Log(value.Number), Math.Log(p.Low), Math.Log(p.High)),
        FloatParameter { Step: null } p => Relative(value.Number, p.Low, p.High),
        FloatParameter { Step: { } step } p => Cell(Math.Round((value.Number - p.Low) / step), p.Cardinality!.Value),
        IntParameter { Scale: Scale.Log } p => Relative(Math.Log(value.Number), Math.Log(p.Low - 0.5), Math.Log(p.High + 0.5)),
        IntParameter p => Cell((value.Number - p.Low) / p.Step, p.Cardinality!.Value),
        ChoiceParameter p => Cell(p.IndexOf(value), p.Choices.Count),
        _ => throw new InvalidOperationException($"{parameter.GetType()} has no coordinate."),
    };

    /// <summary>The value at one coordinate in [0, 1].</summary>
    public static ParameterValue Decode(Parameter parameter, double coordinate) => parameter switch
    {
        // exp(log(low)) may miss low by a rounding, and both ends must be reached exactly.
        FloatParameter { Step: null } p when coordinate <= 0 => p.Low,
        FloatParameter { Step: null } p when coordinate >= 1 => p.High,
        FloatParameter { Step: null, Scale: Scale.Log } p =>
            Math.Clamp(Math.Exp(Math.Log(p.Low) + coordinate * (Math.Log(p.High) - Math.Log(p.Low))), p.Low, p.High),
        FloatParameter { Step: null } p => Math.Clamp(p.Low + coordinate * (p.High - p.Low), p.Low, p.High),
        FloatParameter p => p.AtStep(Index(coordinate, p.Cardinality!.Value)),
        IntParameter { Scale: Scale.Log } p => Math.Clamp(
            Math.Round(Math.Exp(Math.Log(p.Low - 0.5) + coordinate * (Math.Log(p.High + 0.5) - Math.Log(p.Low - 0.5)))), p.Low, p.High),
        IntParameter p => p.Low + p.Step * Index(coordinate, p.Cardinality!.Value),
        ChoiceParameter p => p.Choices[(int)Index(coordinate, p.Choices.Count)],
        _ => throw new InvalidOperationException($"{parameter.GetType()} has no coordinate."),
    };

    /// <summary>The coordinate of the cell's middle; identity for continuous parameters.</summary>
    public static double Snap(Parameter parameter, double coordinate) =>
        parameter.Cardinality is null ? Math.Clamp(coordinate, 0, 1) : Encode(parameter, Decode(parameter, coordinate));

    /// <summary>The ends of the cell in which a coordinate of a discrete parameter lies; they share their ends, and cover [0, 1].</summary>
    public static (double Low, double High) CellOf(Parameter parameter, double coordinate)
    {
        var centre = Snap(parameter, coordinate);
        if (parameter is not IntParameter { Scale: Scale.Log } p)
            return (centre - 0.5 / parameter.Cardinality!.Value, centre + 0.5 / parameter.Cardinality!.Value);
        var value = Decode(p, centre).Number;
        double At(double edge) => Relative(Math.Log(edge), Math.Log(p.Low - 0.5), Math.Log(p.High + 0.5));
        return (At(value - 0.5), At(value + 0.5));
    }

    // Ends that differ may have the same logarithm.
    private static double Relative(double value, double low, double high) => high > low ? Math.Clamp((value - low) / (high - low), 0, 1) : 0.5;

    private static double Cell(double index, long count) => (index + 0.5) / count;

    private static long Index(double coordinate, long count) => Math.Min((long)(coordinate * count), count - 1);
}
