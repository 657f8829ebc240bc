using HpoService.Search.Studies;

namespace HpoService.Search.Sampling;

/// <summary>The order of finished trials that no model of the values needs.</summary>
internal static class Ranking
{
    /// <summary>From the best to the worst: trials that ran to their end by Pareto front and crowding, for one objective by score; pruned ones by how far they
    /// came; infeasible ones by how much they break the outcome constraints (Deb et al. 2002, section VI).</summary>
    /// <param name="trials">In any order, which decides where nothing else does.</param>
    /// <param name="most">How many of them.</param>
    public static List<FinishedTrial> Best(IReadOnlyList<FinishedTrial> trials, int most = int.MaxValue) => Best(trials, t => t.Scores, most);

    /// <summary>As <see cref="Best(IReadOnlyList{FinishedTrial}, int)"/>, whether a trial that has scores keeps the outcome constraints or not.</summary>
    public static List<FinishedTrial> BestMeasured(IReadOnlyList<FinishedTrial> trials, int most = int.MaxValue) => Best(trials, t => t.Measured, most);

    private static List<FinishedTrial> Best(IReadOnlyList<FinishedTrial> trials, Func<FinishedTrial, double[]?> scores, int most)
    {
        var whole = trials.Where(t => t.Trial.State != TrialState.Pruned && scores(t) is not null).ToList();
        List<FinishedTrial> ranked = [.. Pareto.Order(whole.ConvertAll(t => scores(t)!), most).Select(i => whole[i])];
        if (ranked.Count < most)
            ranked.AddRange(trials.Where(t => t.Trial.State == TrialState.Pruned && scores(t) is not null)
                .OrderByDescending(t => t.Trial.Measurements.Count == 0 ? -1 : t.Trial.Measurements[^1].Step).ThenByDescending(t => scores(t)![0]).Take(most - ranked.Count));
        if (ranked.Count < most)
            ranked.AddRange(trials.Where(t => scores(t) is null).OrderBy(t => t.Violation).Take(most - ranked.Count));
        return ranked;
    }
}
