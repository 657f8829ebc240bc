using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Insight;

/// <summary>What of a trial's row goes into a <see cref="TrialTable"/>.</summary>
internal sealed record TrialCells(
    int Number, TrialState State, string ParametersJson, string? ValuesJson, string? LatestMeasurementJson, long? CompletedAt, long Version);

/// <summary>A metric's column: final values of completed trials, the latest measured ones of running and pruned trials, else NaN.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Objective">The objective on it, or null.</param>
/// <param name="Values">By trial number; longer than there are trials.</param>
internal sealed record Metric(string Name, Objective? Objective, double[] Values);

/// <summary>A study's trials as columns of numbers: eight bytes a cell, where a row is a kilobyte. Not safe for two threads.</summary>
internal sealed class TrialTable(StudyDefinition definition)
{
    // A client may report any number of metrics; those beyond are not shown.
    private const int MostMetrics = 64;
    private readonly double[][] _parameters = [.. definition.Space.Parameters.Select(_ => Array.Empty<double>())];
    private readonly OrderedDictionary<string, double[]> _metrics = new(definition.Objectives.Select(o => KeyValuePair.Create(o.Metric, Array.Empty<double>())));
    private TrialState[] _states = [];
    private long[] _completedAt = [];

    public StudyDefinition Definition { get; } = definition;

    /// <summary>The study's version that the table shows.</summary>
    public long Version { get; private set; }

    public int Count { get; private set; }

    public int Completed { get; private set; }

    /// <summary>The memory in use, in cells of eight bytes.</summary>
    public long Cells => (long)_states.Length * (_parameters.Length + _metrics.Count + 2);

    public IEnumerable<string> Metrics => _metrics.Keys;

    /// <summary>Shares of variance, computed once for as many completed trials as there are.</summary>
    public Dictionary<string, (int Completed, ParameterImportances Found)> Importances { get; } = new(StringComparer.Ordinal);

    public TrialState StateOf(int number) => _states[number];

    public long CompletedAt(int number) => _completedAt[number];

    /// <exception cref="Search.InvalidStudyException">No trial has reported it.</exception>
    public Metric Metric(string? name)
    {
        name ??= Definition.Objectives[0].Metric;
        return _metrics.TryGetValue(name, out var values)
            ? new Metric(name, Definition.Objectives.FirstOrDefault(o => o.Metric == name), values)
            : throw new Search.InvalidStudyException("/metric", $"metric must be one of [{string.Join(", ", _metrics.Keys)}], but got '{name}'.");
    }

    /// <summary>The completed trials with a finite value, by number.</summary>
    public int[] With(Metric metric) =>
        [.. Enumerable.Range(0, Count).Where(n => _states[n] == TrialState.Completed && double.IsFinite(metric.Values[n]))];

    /// <summary>Larger is better: by the metric, or by the first objective when it is none.</summary>
    public Func<int, double> Score(Metric metric)
    {
        var (objective, values) = metric.Objective is { } own ? (own, metric.Values) : (Definition.Objectives[0], _metrics.GetAt(0).Value);
        return number => objective.Score(values[number]) is var score && double.IsNaN(score) ? double.NegativeInfinity : score;
    }

    /// <summary>The completed trials with a finite value, best first.</summary>
    public int[] Ranked(Metric metric)
    {
        var numbers = With(metric);
        var score = Score(metric);
        Array.Sort(Array.ConvertAll(numbers, n => (-score(n), n)), numbers);
        return numbers;
    }

    public bool IsActive(int parameter, int number) => !double.IsNaN(_parameters[parameter][number]);

    /// <summary>A parameter's value; null while it is inactive.</summary>
    public ParameterValue? Value(int parameter, int number) => _parameters[parameter][number] switch
    {
        double.NaN => (ParameterValue?)null,
        var cell when Definition.Space.Parameters[parameter] is ChoiceParameter choices => choices.Choices[(int)cell],
        var cell => cell,
    };

    /// <summary>A parameter's coordinate in the unit cube; NaN while it is inactive.</summary>
    public double Coordinate(int parameter, int number) =>
        Value(parameter, number) is { } value ? UnitCube.Encode(Definition.Space.Parameters[parameter], value) : double.NaN;

    /// <summary>Makes room for all numbers below <paramref name="count"/>.</summary>
    public void Grow(int count)
    {
        if (count > _states.Length)
        {
            var capacity = Math.Max(count, Math.Max(64, 2 * _states.Length));
            Array.Resize(ref _states, capacity);
            Array.Resize(ref _completedAt, capacity);
            for (var i = 0; i < _parameters.Length; i++)
                _parameters[i] = Resize(_parameters[i], capacity);
            for (var i = 0; i < _metrics.Count; i++)
                _metrics.SetAt(i, Resize(_metrics.GetAt(i).Value, capacity));
        }

        Count = count;
    }

    /// <summary>Takes over a row as it is now. The same row twice changes nothing.</summary>
    public void Set(TrialCells row)
    {
        Completed += (row.State == TrialState.Completed ? 1 : 0) - (_states[row.Number] == TrialState.Completed ? 1 : 0);
        (_states[row.Number], _completedAt[row.Number]) = (row.State, row.CompletedAt ?? 0);
        var parameters = Mapping.FromJson<ParameterValues>(row.ParametersJson);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var parameter = Definition.Space.Parameters[i];
            _parameters[i][row.Number] = !parameters.TryGetValue(parameter.Name, out var value) ? double.NaN
                : parameter is ChoiceParameter choices ? choices.IndexOf(value) : value.Number;
        }

        foreach (var column in _metrics.Values)
            column[row.Number] = double.NaN;
        var values = row.ValuesJson is { } final ? Mapping.MetricsFromJson(final)
            : row is { State: TrialState.Running or TrialState.Pruned, LatestMeasurementJson: { } latest } ? Mapping.MeasurementFromJson(latest).Values
            : null;
        foreach (var (name, value) in values ?? new Dictionary<string, double>())
            if (_metrics.ContainsKey(name) || _metrics.Count < MostMetrics && _metrics.TryAdd(name, Resize([], _states.Length)))
                _metrics[name][row.Number] = value;
    }

    /// <summary>Says that all rows up to a version were set.</summary>
    public void Reach(long version) => Version = version;

    private static double[] Resize(double[] column, int capacity)
    {
        var used = column.Length;
        Array.Resize(ref column, capacity);
        column.AsSpan(used).Fill(double.NaN);
        return column;
    }
}
