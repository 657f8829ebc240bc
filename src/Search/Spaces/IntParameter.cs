namespace HpoService.Search.Spaces;

/// <summary>A whole number in [low, high], on a linear or logarithmic scale, optionally on the grid low + k·step.</summary>
public sealed record IntParameter : Parameter
{
    private const long Largest = 1L << 53;

    /// <summary>Creates the range.</summary>
    /// <exception cref="InvalidSearchSpaceException">low &lt; high, |ends| ≤ 2^53, low &gt; 0 on the log scale, or a step ≥ 1 that divides
    /// high − low (linear scale only, unless 1) does not hold.</exception>
    public IntParameter(string name, long low, long high, Scale scale = Scale.Linear, long step = 1, Condition? when = null)
        : base(name, when)
    {
        if (low >= high)
            throw new InvalidSearchSpaceException("/low", $"low < high must hold, but got [{low}, {high}].");
        if (low < -Largest || high > Largest)
            throw new InvalidSearchSpaceException("/high", $"-2^53 <= low < high <= 2^53 must hold, but got [{low}, {high}].");
        if (scale == Scale.Log && low <= 0)
            throw new InvalidSearchSpaceException("/low", $"low > 0 must hold on a log scale, but got {low}.");
        if (scale == Scale.Log && step != 1)
            throw new InvalidSearchSpaceException("/step", $"step needs a linear scale, but got step {step} on a log scale.");
        if (step < 1 || (high - low) % step != 0)
            throw new InvalidSearchSpaceException("/step", $"high = low + k*step must hold for a whole k >= 1, but got low {low}, high {high}, step {step}.");
        (Low, High, Scale, Step) = (low, high, scale, step);
    }

    /// <summary>The smallest value.</summary>
    public long Low { get; }

    /// <summary>The largest value.</summary>
    public long High { get; }

    /// <summary>Its scale.</summary>
    public Scale Scale { get; }

    /// <summary>The distance of neighbouring values, at least 1.</summary>
    public long Step { get; }

    /// <inheritdoc/>
    public override long? Cardinality => (High - Low) / Step + 1;

    /// <inheritdoc/>
    public override string? Violation(ParameterValue value)
    {
        if (value.Kind != ParameterValueKind.Number || !IsInteger(value.Number))
            return $"{Name} must be a whole number, but got {value.Kind} '{value}'.";
        if (!(value.Number >= Low && value.Number <= High))
            return $"{Low} <= {Name} <= {High} must hold, but got {value}.";
        return ((long)value.Number - Low) % Step == 0 ? null : $"{Name} must be {Low} + k*{Step}, but got {value}.";
    }
}
