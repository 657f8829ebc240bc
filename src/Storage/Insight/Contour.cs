using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Insight;

/// <summary>A metric over two parameters, as a grid.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Direction">Which way is better; left out when it is no objective.</param>
/// <param name="Trials">How many completed trials the grid is of: those in which both parameters were active.</param>
/// <param name="X">The first parameter's bins.</param>
/// <param name="Y">The second parameter's bins.</param>
/// <param name="Cells">The cells with a trial in them.</param>
public sealed record TrialContour(string Metric, Direction? Direction, int Trials, Axis X, Axis Y, IReadOnlyList<ContourCell> Cells)
{
    /// <exception cref="Search.InvalidStudyException">x and y are not two parameters of the study, or there is no such metric.</exception>
    internal static TrialContour Of(TrialTable table, string? metricName, string x, string y, int points)
    {
        var metric = table.Metric(metricName);
        var (i, j) = (Axis.IndexOf(table, x, "/x"), Axis.IndexOf(table, y, "/y"));
        if (i == j)
            throw new Search.InvalidStudyException("/y", $"x and y must be two parameters, but got '{x}' twice.");
        var side = Math.Clamp((int)Math.Sqrt(points), 1, Bins.Most);
        var (xBins, yBins) = (new Bins(table.Definition.Space.Parameters[i], side), new Bins(table.Definition.Space.Parameters[j], side));
        var cells = new SortedDictionary<(int X, int Y), Cell>();
        var (trials, score) = (0, table.Score(metric));
        foreach (var n in table.With(metric))
        {
            if (table.Coordinate(i, n) is var u && double.IsNaN(u) || table.Coordinate(j, n) is var v && double.IsNaN(v))
                continue;
            trials++;
            var at = (xBins.Of(u), yBins.Of(v));
            if (!cells.TryGetValue(at, out var cell))
                cells[at] = cell = new Cell(n);
            cell.Add(metric.Values[n], table.IsFeasible(n) != false);
            cell.Best = score(n) > score(cell.Best) ? n : cell.Best;
        }

        return new TrialContour(
            metric.Name, metric.Objective?.Direction, trials, Axis.Of(table, i, xBins), Axis.Of(table, j, yBins),
            [.. cells.Select(c => new ContourCell(c.Key.X, c.Key.Y, c.Value.Count, c.Value.Mean, metric.Values[c.Value.Best], c.Value.Best, table.IsFeasible(c.Value.Best)))]);
    }

    private sealed class Cell(int first)
    {
        private int _counted;
        private bool _isFeasible;

        public int Count { get; private set; }

        public double Mean { get; private set; }

        public int Best { get; set; } = first;

        public void Add(double value, bool isFeasible)
        {
            Count++;
            if (_isFeasible && !isFeasible)
                return;
            if (isFeasible && !_isFeasible)
                (_isFeasible, _counted, Mean) = (true, 0, 0); // those before were not
            Mean += (value - Mean) / ++_counted;
        }
    }
}

/// <summary>A parameter as an axis of bins.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Values">The middle of each bin, or its value where the parameter has so few.</param>
public sealed record Axis(ParameterSpec Parameter, IReadOnlyList<ParameterValue> Values)
{
    internal static Axis Of(TrialTable table, int i, Bins bins) => table.Definition.Space.Parameters[i] is var parameter
        ? new Axis(ParameterSpec.From(parameter), [.. bins.Centres.Select(centre => UnitCube.Decode(parameter, centre))])
        : throw new InvalidOperationException();

    internal static int IndexOf(TrialTable table, string name, string pointer) => table.Definition.Space.IndexOf(name) is >= 0 and var i
        ? i
        : throw new Search.InvalidStudyException(pointer, $"{pointer[1..]} must be a parameter of the study, but got '{name}'.");
}

/// <summary>A cell of the grid.</summary>
/// <param name="X">Its bin on the x axis, from 0.</param>
/// <param name="Y">Its bin on the y axis, from 0.</param>
/// <param name="Count">How many trials are in it.</param>
/// <param name="Mean">The mean value of those that keep the study's constraints; of all where none does.</param>
/// <param name="Best">The best of these values.</param>
/// <param name="BestNumber">The trial that has it.</param>
/// <param name="Feasible">Whether it keeps the study's constraints; left out when there are none.</param>
public sealed record ContourCell(int X, int Y, int Count, double Mean, double Best, int BestNumber, bool? Feasible);
