using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Problems;

/// <summary>How a trial ends.</summary>
/// <param name="State">Completed, Infeasible or Failed.</param>
/// <param name="Value">The final value; NaN when there is none.</param>
internal readonly record struct Outcome(TrialState State, double Value)
{
    public static Outcome Completed(double value) => new(TrialState.Completed, value);

    public static Outcome Infeasible { get; } = new(TrialState.Infeasible, double.NaN);

    public static Outcome Failed { get; } = new(TrialState.Failed, double.NaN);
}

/// <summary>Something to search, whose answers are known: what <c>--tasks</c> names.</summary>
/// <param name="name">As in files of results.</param>
/// <param name="space">Its search space.</param>
/// <param name="direction">Which way is better.</param>
/// <param name="trials">How many trials a search of it has unless asked otherwise.</param>
internal abstract class Problem(string name, SearchSpace space, Direction direction = Direction.Minimize, int trials = 100)
{
    public string Name { get; } = name;

    public SearchSpace Space { get; } = space;

    /// <summary>What a search counts.</summary>
    public Objective Objective { get; } = new("value", direction);

    /// <summary>What the sampler is to optimise.</summary>
    public virtual IReadOnlyList<Objective> Objectives => [Objective];

    /// <summary>What feasible trials keep.</summary>
    public virtual IReadOnlyList<OutcomeConstraint> Constraints => [];

    public int Trials { get; } = trials;

    /// <summary>How many times the study's history holds each trial.</summary>
    public virtual int Copies => 1;

    /// <summary>What values are counted from where they are rounded or shown; 0 = shown as they are.</summary>
    public virtual double Origin => 0;

    /// <summary>What a trial of a point ends with: a function of the point, the study's seed and the trial's number.</summary>
    public abstract Outcome Try(ParameterValues point, long seed, int number);

    /// <summary>The value of a point without noise: what an incumbent counts.</summary>
    public abstract double Truth(ParameterValues point);

    /// <summary>What a trial with a value has measured.</summary>
    public virtual IReadOnlyDictionary<string, double> Metrics(ParameterValues point, Outcome outcome) => new Dictionary<string, double> { [Objective.Metric] = outcome.Value };

    /// <summary>What a new search counts: takes one trial after another, and gives the value so far, NaN before there is one.</summary>
    /// <remarks>The truth about the incumbent, which is the trial with the best value as observed, the earlier one of equals. Where observations are noisy a new
    /// incumbent may be worse than the last.</remarks>
    public virtual Func<ParameterValues, Outcome, double> Standing()
    {
        var (observed, truth) = (double.NegativeInfinity, double.NaN);
        return (point, outcome) =>
        {
            if (outcome.State == TrialState.Completed && Objective.Score(outcome.Value) > observed)
                (observed, truth) = (Objective.Score(outcome.Value), Truth(point));
            return truth;
        };
    }
}

/// <summary>A formula without noise, to be minimised.</summary>
/// <param name="name">As in files of results.</param>
/// <param name="space">Its search space.</param>
/// <param name="value">The value of a point.</param>
/// <param name="minimum">Its smallest value.</param>
/// <param name="trials">The usual number of trials.</param>
internal class Formula(string name, SearchSpace space, Func<ParameterValues, double> value, double minimum, int trials = 100)
    : Problem(name, space, trials: trials)
{
    public double Minimum { get; } = minimum;

    public override Outcome Try(ParameterValues point, long seed, int number) => Outcome.Completed(value(point));

    public override double Truth(ParameterValues point) => value(point);
}
