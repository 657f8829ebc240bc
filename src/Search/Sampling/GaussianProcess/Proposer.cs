using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>Proposes points by what was fitted to a study's trials. Not for use by two threads.</summary>
/// <param name="options">Of the sampler.</param>
/// <param name="features">Of the space, or relative to the neighbourhood.</param>
/// <param name="known">All observations, those without a score, too.</param>
/// <param name="feasibility">How likely points are feasible; null = all are.</param>
/// <param name="around">Where points are proposed; null = everywhere.</param>
internal abstract class Proposer(GpOptions options, Features features, List<Observation> known, Feasibility? feasibility, Neighbourhood? around)
{
    private const int Incumbents = 5;

    // Each pending trial costs as much as an observation. Of more than these, the older ones are avoided but not modelled.
    private const int MaxPending = 100;
    private const int MaxLocal = 60;

    /// <summary>How many observations the box of a local model holds.</summary>
    protected int Nearest => 2 * features.Dimensions + 5;

    /// <summary>Whether there are local models here.</summary>
    protected bool HasLocal => options.TrustRegion && around is null && !features.IsCoarse;

    /// <summary>Whether anything feasible is known.</summary>
    protected abstract bool HasBest { get; }

    /// <summary>Good points, the best first.</summary>
    protected abstract IReadOnlyList<ParameterValues> Ranked { get; }

    /// <summary>A proposer by models of the surroundings of one good point alone, where the function may be smooth though it is not as a whole; null when too few
    /// points lie there, every basin is settled, or the numerics fail.</summary>
    /// <param name="space">The space.</param>
    /// <param name="mayLeave">Whether it may be another point than the best when the best one's basin is settled.</param>
    /// <param name="isOver">When true, the fit ends with the best hyperparameters so far.</param>
    public abstract Proposer? Local(SearchSpace space, bool mayLeave, Func<bool> isOver);

    /// <summary>The unvisited point with the largest acquisition value found; null when the numerics fail, all were visited, or the time is over before the pending trials are known to the models. Unless it may risk a trial without a value, it is wary after some of them.</summary>
    public ParameterValues? Propose(
        UnitCube cube, IReadOnlyList<ParameterValues> pending, Visited visited, int candidates, bool mayRisk, RandomStream stream, Func<bool> isOver)
    {
        double[][] running = [.. pending.TakeLast(MaxPending).Select(features.Of)];
        var counts = feasibility?.LogProbability(running).Select(log => log > Math.Log(0.5)).ToArray();
        var acquisition = HasBest ? Acquisition(running, counts, isOver) : null;
        var isWary = !mayRisk && Feasibility.IsWary(known) && feasibility?.HasSure() == true;
        if (feasibility is not null && (acquisition is not null || !HasBest))
            acquisition = feasibility.With(running, isOver) is { } with ? new Feasible(acquisition, with, isWary) : null;
        ParameterValues[] incumbents = [.. Ranked.Take(Incumbents)];
        return acquisition is null
            ? null
            : new AcquisitionSearch(cube, features, acquisition, around?.Sides(cube.Encode(incumbents[0])))
                .Search(incumbents, candidates, stream, isOver).FirstOrDefault(point => !visited.Contains(point) && cube.Space.Admits(point));
    }

    /// <summary>What makes a point worth a trial, while others are pending, shape [p][d], of which some count; null when the numerics fail or there is no time left.</summary>
    protected abstract IAcquisition? Acquisition(double[][] running, bool[]? counts, Func<bool> isOver);

    /// <summary>Which observations the model of a neighbourhood is fitted to: those a radius away from its sides still tell how the function enters it.</summary>
    protected static IEnumerable<int> Near(Neighbourhood around, IReadOnlyList<Observation> observations) =>
        observations.Select((o, i) => (Index: i, Distance: around.Distance(o.X))).Where(o => o.Distance <= 2 * around.Radius)
            .OrderBy(o => o.Distance).Take(MaxLocal).Select(o => o.Index).Order();

    /// <summary>Observations with features relative to the neighbourhood.</summary>
    protected static List<Observation> Relative(Features local, IEnumerable<Observation> observations) =>
        [.. observations.Select(o => o with { X = local.Relative((double[])o.X.Clone()) })];

    /// <summary>How likely points of the neighbourhood are feasible.</summary>
    protected Feasibility? LocalFeasibility(Features local, Neighbourhood around, Func<bool> isOver) =>
        feasibility is null ? null : Feasibility.Fit(local, Relative(local, Near(around, known).Select(i => known[i])), some => some.Count, options, null, isOver);
}

/// <summary>What was fitted to a study's trials. Not for use by two threads.</summary>
internal interface IStudyModel
{
    /// <summary>Who proposes the trial of this number.</summary>
    Proposer For(int number);
}
