using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Insight;

/// <summary>What of a trial's row goes into a <see cref="TrialTable"/>.</summary>
internal sealed record TrialCells(
    int Number, TrialState State, string ParametersJson, string? ValuesJson, string? LatestMeasurementJson, long? CompletedAt, bool? IsFeasible);

/// <summary>A metric's column: final values, else the latest measured ones of completed, running and pruned trials, else NaN.</summary>
/// <param name="Name">The metric.</param>
/// <param name="Objective">The objective on it, or null.</param>
/// <param name="Values">By trial number; longer than there are trials.</param>
internal sealed record Metric(string Name, Objective? Objective, double[] Values);

/// <summary>A study's trials as columns of numbers: eight bytes a cell, where a row is a kilobyte. Not safe for two threads.</summary>
internal sealed class TrialTable(StudyDefinition definition)
{
    // A client may report any number of metrics; those beyond are not shown. Those that trials end with have as many places of their own, and those of constraints always one.
    private const int MostMetrics = 64;
    private readonly double[][] _parameters = [.. definition.Space.Parameters.Select(_ => Array.Empty<double>())];
    private readonly OrderedDictionary<string, double[]> _metrics = new(definition.Objectives.Select(o => KeyValuePair.Create(o.Metric, Array.Empty<double>())));
    private readonly List<string> _final = [.. definition.Objectives.Select(o => o.Metric)];
    private TrialState[] _states = [];
    private long[] _completedAt = [];
    private bool?[] _isFeasible = [];

    public StudyDefinition Definition { get; } = definition;

    /// <summary>The study's version that the table shows.</summary>
    public long Version { get; private set; }

    public int Count { get; private set; }

    public int Completed { get; private set; }

    /// <summary>The memory in use, in cells of eight bytes.</summary>
    public long Cells => (long)_states.Length * (_parameters.Length + _metrics.Count + 2);

    /// <summary>The metrics that trials ended with, the objectives first; others were only measured on the way.</summary>
    public IEnumerable<string> FinalMetrics => _final;

    /// <summary>Shares of variance, computed once for as many completed trials as there are.</summary>
    public Dictionary<string, (int Completed, Task<ParameterImportances> Found)> Importances { get; } = new(StringComparer.Ordinal);

    /// <summary>The last of them.</summary>
    public Task Computing { get; set; } = Task.CompletedTask;

    public TrialState StateOf(int number) => _states[number];

    public long CompletedAt(int number) => _completedAt[number];

    /// <summary>Whether its values keep the outcome constraints; null without constraints or values.</summary>
    public bool? IsFeasible(int number) => _isFeasible[number];

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

    /// <summary>Larger is better: by the metric, or by the first objective when it is none. Whatever breaks a constraint is behind all others.</summary>
    public Func<int, double> Score(Metric metric)
    {
        var (objective, values) = metric.Objective is { } own ? (own, metric.Values) : (Definition.Objectives[0], _metrics.GetAt(0).Value);
        return number => _isFeasible[number] == false || double.IsNaN(values[number]) ? double.NegativeInfinity : objective.Score(values[number]);
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
            Array.Resize(ref _isFeasible, capacity);
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
        (_states[row.Number], _completedAt[row.Number], _isFeasible[row.Number]) = (row.State, row.CompletedAt ?? 0, row.IsFeasible);
        foreach (var column in _parameters)
            column[row.Number] = double.NaN;
        foreach (var column in _metrics.Values)
            column[row.Number] = double.NaN;
        if (row is { State: TrialState.Running or TrialState.Pruned or TrialState.Completed, LatestMeasurementJson: { } latest })
            foreach (var (name, value) in Mapping.MeasurementFromJson(latest).Values)
                SetMetric(row.Number, name, value);
        FlatJson.Read(row.ParametersJson, (Table: this, row.Number), static (to, name, value) => to.Table.SetParameter(to.Number, name, value));
        if (row.ValuesJson is { } final)
            FlatJson.Read(final, (Table: this, row.Number), static (to, name, value) => to.Table.SetFinal(to.Number, name, FlatJson.Number(value)));
    }

    /// <summary>Says that all rows up to a version were set.</summary>
    public void Reach(long version) => Version = version;

    private void SetParameter(int number, string name, ParameterValue value)
    {
        if (Definition.Space.IndexOf(name) is >= 0 and var i)
            _parameters[i][number] = Definition.Space.Parameters[i] is ChoiceParameter choices ? choices.IndexOf(value) : value.Number;
    }

    private void SetFinal(int number, string name, double value)
    {
        SetMetric(number, name, value, isShown: _final.Count < MostMetrics || Definition.Constraints.Any(c => c.Metric == name));
        if (_metrics.ContainsKey(name) && !_final.Contains(name))
            _final.Add(name);
    }

    private void SetMetric(int number, string name, double value, bool isShown = false)
    {
        if (_metrics.TryGetValue(name, out var column))
            column[number] = value;
        else if (isShown || _metrics.Count < MostMetrics)
            (_metrics[name] = Resize([], _states.Length))[number] = value;
    }

    private static double[] Resize(double[] column, int capacity)
    {
        var used = column.Length;
        Array.Resize(ref column, capacity);
        column.AsSpan(used).Fill(double.NaN);
        return column;
    }
}
