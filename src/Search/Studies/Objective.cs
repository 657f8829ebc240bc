namespace HpoService.Search.Studies;

/// <summary>Whether smaller or larger values of a metric are better.</summary>
public enum Direction
{
    /// <summary>Smaller is better.</summary>
    Minimize,

    /// <summary>Larger is better.</summary>
    Maximize,
}

/// <summary>A metric to optimise.</summary>
public sealed record Objective
{
    /// <summary>Creates an objective.</summary>
    /// <exception cref="InvalidStudyException">The metric's name is blank or over 100 characters, or the target is not finite.</exception>
    public Objective(string metric, Direction direction, double? target = null)
    {
        if (string.IsNullOrWhiteSpace(metric) || metric.Length > 100)
            throw new InvalidStudyException("/metric", $"1 <= metric length <= 100 must hold and a metric must not be blank, but got '{metric}'.");
        if (target is { } t && !double.IsFinite(t))
            throw new InvalidStudyException("/target", $"target must be finite, but got {t}.");
        (Metric, Direction, Target) = (metric, direction, target);
    }

    /// <summary>The metric's name, as trials report it.</summary>
    public string Metric { get; }

    /// <summary>Which way is better.</summary>
    public Direction Direction { get; }

    /// <summary>Reaching it completes the study; null = no target.</summary>
    public double? Target { get; }

    /// <summary>The one place where the sign flips: a score is always larger-is-better.</summary>
    public double Score(double value) => Direction == Direction.Maximize ? value : -value;

    /// <summary>Whether a value reaches the target.</summary>
    public bool Reaches(double value) => Target is { } target && Score(value) >= Score(target);
}
