namespace HpoService.Search.Studies;

/// <summary>A bound that a trial's final value of a metric must keep; a trial that breaks it is completed, but not feasible.</summary>
public sealed record OutcomeConstraint
{
    /// <summary>Creates a constraint.</summary>
    /// <exception cref="InvalidStudyException">The metric's name is blank or over 100 characters, no bound is given, one is not finite, or they
    /// cross.</exception>
    public OutcomeConstraint(string metric, double? lowerBound = null, double? upperBound = null)
    {
        if (string.IsNullOrWhiteSpace(metric) || metric.Length > 100)
            throw new InvalidStudyException("/metric", $"1 <= metric length <= 100 must hold and a metric must not be blank, but got '{metric}'.");
        if (lowerBound is null && upperBound is null)
            throw new InvalidStudyException("", "a constraint needs lowerBound or upperBound, but got neither.");
        if (lowerBound is { } low && !double.IsFinite(low))
            throw new InvalidStudyException("/lowerBound", $"lowerBound must be finite, but got {low}.");
        if (upperBound is { } high && !double.IsFinite(high))
            throw new InvalidStudyException("/upperBound", $"upperBound must be finite, but got {high}.");
        if (lowerBound > upperBound)
            throw new InvalidStudyException("/lowerBound", $"lowerBound <= upperBound must hold, but got [{lowerBound}, {upperBound}].");
        (Metric, LowerBound, UpperBound) = (metric, lowerBound, upperBound);
    }

    /// <summary>The metric's name, as trials report it; may be an objective's, too.</summary>
    public string Metric { get; }

    /// <summary>The smallest feasible value.</summary>
    public double? LowerBound { get; }

    /// <summary>The largest feasible value.</summary>
    public double? UpperBound { get; }

    /// <summary>Whether a value is feasible.</summary>
    public bool Holds(double value) => !(value < LowerBound) && !(value > UpperBound);

    /// <summary>By how much values break a bound, in units of it, or of the metric where it is 0; 0 = kept, NaN = not reported.</summary>
    public double Violation(IReadOnlyDictionary<string, double> values) => values.GetValueOrDefault(Metric, double.NaN) switch
    {
        double.NaN => double.NaN,
        var value when value < LowerBound => (LowerBound.Value - value) / Unit(LowerBound.Value),
        var value when value > UpperBound => (value - UpperBound.Value) / Unit(UpperBound.Value),
        _ => 0,
    };

    /// <summary>How far values keep each bound, in the metric's unit, below 0 = broken, NaN = not reported; shape [bounds].</summary>
    public IEnumerable<double> Slacks(IReadOnlyDictionary<string, double> values)
    {
        var value = values.GetValueOrDefault(Metric, double.NaN);
        if (LowerBound is { } low)
            yield return value - low;
        if (UpperBound is { } high)
            yield return high - value;
    }

    private static double Unit(double bound) => bound == 0 ? 1 : Math.Abs(bound);
}
