using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Bench.Problems;

/// <summary>Real training results: every configuration of a finite space, trained with several seeds.</summary>
/// <remarks>A trial observes one of the seeds' values, drawn at random; an incumbent counts the mean over all. Absent cells are NaN.</remarks>
/// <param name="name">Folder and instance.</param>
/// <param name="space">Ordinal and categorical parameters; a row is the mixed-radix number of their indices, the first most significant.</param>
/// <param name="direction">Which way is better.</param>
/// <param name="cells">Row-major, shape [rows · seeds].</param>
/// <param name="seeds">The number of training seeds.</param>
/// <param name="scale">The best mean and the expected best of ten random draws; null when not known.</param>
internal sealed class TableProblem(string name, SearchSpace space, Direction direction, float[] cells, int seeds, RegretScale? scale = null)
    : Problem(name, space, direction)
{
    public RegretScale? Scale { get; } = scale;

    public override Outcome Try(ParameterValues point, long seed, int number)
    {
        var present = Row(point);
        return present.Length == 0 ? Outcome.Infeasible : Outcome.Completed(present[new KeyedRandom(seed, number).NextInt(present.Length)]);
    }

    public override double Truth(ParameterValues point) => Row(point).Average(value => (double)value);

    private float[] Row(ParameterValues point)
    {
        var row = Space.Parameters.Cast<ChoiceParameter>().Aggregate(0, (r, p) => r * p.Choices.Count + p.IndexOf(point[p.Name]));
        return [.. cells.AsSpan(row * seeds, seeds).ToArray().Where(value => !float.IsNaN(value))];
    }
}

/// <summary>Regret that can be averaged over tables: 0 = the best of the table, 1 = the expected best of ten random draws.</summary>
internal sealed record RegretScale(double Best, double OfTen)
{
    public double Regret(double value) => (value - Best) / (OfTen - Best);
}
