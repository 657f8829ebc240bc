using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The Pareto front of a study with several objectives, inside a write transaction: the feasible completed trials that no other
/// one dominates. A trial that ends costs as much as the front is long, not the history.</summary>
internal sealed class Front
{
    private readonly StudyWrite _write;
    private readonly List<(FrontRow Row, double[] Scores)> _members;

    private Front(StudyWrite write, List<(FrontRow, double[])> members) => (_write, _members) = (write, members);

    public static async Task<Front> LoadAsync(StudyWrite write)
    {
        var rows = await write.Db.Front.Where(f => f.StudyId == write.Row.Id).ToListAsync();
        var front = new Front(write, rows.ConvertAll(row => (row, Mapping.FromJson<double[]>(row.ScoresJson))));
        if (write.Row.FrontSize is not null)
            return front;
        // A study from before fronts were kept: once.
        write.Row.FrontSize = 0;
        var completed = await write.Db.Trials.AsNoTracking()
            .Where(t => t.StudyId == write.Row.Id && t.State == TrialState.Completed && t.IsFeasible != false).OrderBy(t => t.Number)
            .Select(t => new { t.Number, t.ValuesJson }).ToListAsync();
        foreach (var trial in completed)
            front.Add(trial.Number, Mapping.MetricsFromJson(trial.ValuesJson!));
        return front;
    }

    /// <summary>Takes a trial in unless another one dominates it; those that it dominates leave.</summary>
    /// <returns>Whether the front is better for it: not by the same values once more.</returns>
    public bool Add(int number, IReadOnlyDictionary<string, double> values)
    {
        double[] scores = [.. _write.Definition.Objectives.Select(o => o.Score(values[o.Metric]))];
        if (_members.Any(m => m.Row.Number == number || Dominates(m.Scores, scores)))
            return false;
        var isNew = !_members.Exists(m => m.Scores.AsSpan().SequenceEqual(scores));
        foreach (var (row, _) in _members.Where(m => Dominates(scores, m.Scores)))
            _write.Db.Front.Remove(row);
        _members.RemoveAll(m => Dominates(scores, m.Scores));
        var added = new FrontRow { StudyId = _write.Row.Id, Number = number, ScoresJson = Mapping.ToJson(scores) };
        _write.Db.Front.Add(added);
        _members.Add((added, scores));
        _write.Row.FrontSize = _members.Count;
        return isNew;
    }

    private static bool Dominates(double[] a, double[] b)
    {
        var better = false;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] < b[i])
                return false;
            better |= a[i] > b[i];
        }

        return better;
    }
}
