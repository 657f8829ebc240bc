namespace HpoService.Search.Spaces;

/// <summary>A real number in [low, high], on a linear or logarithmic scale, optionally on the grid low + k·step.</summary>
public sealed record FloatParameter : Parameter
{
    /// <summary>Creates the range.</summary>
    /// <exception cref="InvalidSearchSpaceException">low &lt; high, finite ends, low &gt; 0 on the log scale, or a positive step that divides
    /// high − low (linear scale only) does not hold.</exception>
    public FloatParameter(string name, double low, double high, Scale scale = Scale.Linear, double? step = null, Condition? when = null)
        : base(name, when)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high) || low >= high)
            throw new InvalidSearchSpaceException("/low", $"low < high must hold, both finite, but got [{low}, {high}].");
        if (!double.IsFinite(high - low))
            throw new InvalidSearchSpaceException("/low", $"high - low must be a number below 1.8e308, but got [{low}, {high}].");
        if (scale == Scale.Log && low <= 0)
            throw new InvalidSearchSpaceException("/low", $"low > 0 must hold on a log scale, but got {low}.");
        if (step is { } s)
        {
            if (scale == Scale.Log)
                throw new InvalidSearchSpaceException("/step", $"step needs a linear scale, but got step {s} on a log scale.");
            var count = (high - low) / s;
            if (!(s > 0) || count > 1e9 || Math.Abs(count - Math.Round(count)) > 1e-6 || Math.Round(count) < 1)
                throw new InvalidSearchSpaceException("/step", $"high = low + k*step must hold for a whole k >= 1, but got low {low}, high {high}, step {s}.");
        }

        (Low, High, Scale, Step) = (low, high, scale, step);
    }

    /// <summary>The smallest value.</summary>
    public double Low { get; }

    /// <summary>The largest value.</summary>
    public double High { get; }

    /// <summary>Its scale.</summary>
    public Scale Scale { get; }

    /// <summary>The distance of neighbouring values; null = a continuum.</summary>
    public double? Step { get; }

    /// <summary>Why neighbouring values of the grid are not all distinct numbers, or null. Studies of earlier versions may have such a step; a new one must not.</summary>
    public string? Blur => Step < SpacingOf(Low, High) ? $"step >= {SpacingOf(Low, High)}, the distance of neighbouring numbers there, must hold, but got {Step}." : null;

    /// <inheritdoc/>
    public override long? Cardinality => Step is { } step ? (long)Math.Round((High - Low) / step) + 1 : null;

    /// <summary>The k-th value of the grid, k from 0; only with a step. The last is exactly <see cref="High"/>.</summary>
    public double AtStep(long k) => k == Cardinality - 1 ? High : CleanDecimal(Low + k * Step!.Value, Math.Min(Step.Value / 4, Math.Max(1e-9 * Step.Value, SpacingOf(Low, High))));

    /// <summary>The value of the grid next to one in [low, high]; only with a step.</summary>
    public double Nearest(double value) => AtStep((long)Math.Round((value - Low) / Step!.Value));

    /// <inheritdoc/>
    public override string? Violation(ParameterValue value)
    {
        if (value.Kind != ParameterValueKind.Number)
            return $"{Name} must be a number, but got {value.Kind} '{value}'.";
        if (!(value.Number >= Low && value.Number <= High))
            return $"{Low} <= {Name} <= {High} must hold, but got {value}.";
        if (Step is { } step)
        {
            var k = (value.Number - Low) / step;
            if (Math.Abs(k - Math.Round(k)) > Math.Max(1e-6, SpacingOf(Low, High) / step))
                return $"{Name} must be {Low} + k*{step}, but got {value}.";
        }

        return null;
    }

    // 0.1 + 2*0.1 prints as 0.30000000000000004: 15 significant digits give back what a person wrote, where they say what the number is.
    private static double CleanDecimal(double value, double tolerance) => double.Parse(value.ToString("G15")) is var clean && Math.Abs(clean - value) <= tolerance ? clean : value;

    private static double SpacingOf(double low, double high) => Math.Max(Math.Abs(low), Math.Abs(high)) is var most ? Math.BitIncrement(most) - most : 0;
}
