namespace HpoService.Training.DataSets;

/// <summary>What turns raw samples into a network's: fitted to the training part alone.</summary>
/// <remarks>Each feature of a table, each pixel of an image of at most 1,024 numbers, each channel of a larger one and each feature of a
/// sequence gets a shift and a scale, or the normal score of its rank; categories become one number each, 1 or 0; what is missing becomes the mean, or no category.</remarks>
public sealed class Normalization
{
    private const int MostKept = 1 << 24, MostKnots = 1 << 16;
    private readonly double[] _shift, _scale;
    private readonly int[] _categories; // of each feature; 0 = numbers
    private readonly Func<int, int> _group;
    private readonly int _inputs, _outputs;

    private Normalization(double[] shift, double[] scale, int[] categories, Func<int, int> group, int inputs, IReadOnlyList<int> sizes)
    {
        (_shift, _scale, _categories, _group, _inputs, Sizes) = (shift, scale, categories, group, inputs, sizes);
        _outputs = sizes.Aggregate(1, (product, size) => product * size);
    }

    /// <summary>Of one sample after it.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>What is subtracted from each group of numbers.</summary>
    public IReadOnlyList<double> Shift => _shift;

    /// <summary>What each group is then multiplied with.</summary>
    public IReadOnlyList<double> Scale => _scale;

    internal static Normalization Fit(RawSamples data, int[] train, string how)
    {
        var inputs = data.Sizes.Aggregate(1, (product, size) => product * size);
        var categories = Categories(data.Kind, data.Columns, inputs);
        var (group, groups) = Groups(data.Kind, data.Sizes, inputs);
        var statistics = Enumerable.Range(0, groups).Select(g => new Statistics(how == "quantile" && Number(g) ? new Reservoir(Math.Clamp(MostKept / groups, 1000, 100_000), g) : null)).ToArray();
        var buffer = new float[inputs];
        foreach (var i in train.Order()) // as they lie in a file
        {
            var row = data.Row(i, buffer);
            var length = data.Lengths.Length > 0 ? (int)data.Lengths[i] * data.Sizes[^1] : inputs; // padding does not count
            for (var j = 0; j < length; j++)
                statistics[group(j)].Add(row[j]);
        }

        var shift = statistics.Select((s, g) => Number(g) ? how switch { "standard" => s.Mean, "minMax" => s.Low, _ => 0 } : 0).ToArray();
        // A feature that is constant in training, such as a corner pixel, carries nothing: 0, not a division by 0.
        var scale = statistics.Select((s, g) => !Number(g) || how is "none" or "quantile" ? 1
            : (how == "standard" ? s.Deviation : s.High - s.Low) is var spread && spread > 1e-6 ? 1 / spread : 0).ToArray();
        var most = Math.Clamp(MostKnots / groups, 16, 256);
        QuantileMap[] quantiles = how == "quantile" ? [.. statistics.Select(s => s.Kept is { } kept ? QuantileMap.Fit(kept.Values, most) : new QuantileMap([], []))] : [];
        return Of(data.Kind, data.Sizes, data.Columns, shift, scale, [.. statistics.Select(s => s.Mean)], quantiles);

        bool Number(int g) => categories.Length <= g || categories[g] == 0;
    }

    /// <summary>One that was fitted before.</summary>
    /// <param name="kind">What a sample is.</param>
    /// <param name="rawSizes">Of a raw one.</param>
    /// <param name="columns">Of a table.</param>
    /// <param name="shift">See <see cref="Shift"/>.</param>
    /// <param name="scale">See <see cref="Scale"/>.</param>
    /// <param name="missing">See <see cref="Missing"/>.</param>
    /// <param name="quantiles">See <see cref="Quantiles"/>.</param>
    internal static Normalization Of(
        SampleKind kind, IReadOnlyList<int> rawSizes, IReadOnlyList<Column> columns, IReadOnlyList<double> shift, IReadOnlyList<double> scale, IReadOnlyList<double> missing,
        IReadOnlyList<QuantileMap>? quantiles = null)
    {
        var inputs = rawSizes.Aggregate(1, (product, size) => product * size);
        var categories = Categories(kind, columns, inputs);
        IReadOnlyList<int> sizes = kind == SampleKind.Table ? [categories.Sum(c => Math.Max(1, c))] : rawSizes;
        return new Normalization([.. shift], [.. scale], categories, Groups(kind, rawSizes, inputs).Group, inputs, sizes) { Missing = missing, Quantiles = quantiles ?? [] };
    }

    private static int[] Categories(SampleKind kind, IReadOnlyList<Column> columns, int inputs) =>
        kind == SampleKind.Table && columns.Count == inputs ? [.. columns.Select(c => c.Categories?.Count ?? 0)] : new int[inputs];

    /// <summary>Leaves what it gets as it is.</summary>
    public static Normalization None(IReadOnlyList<int> sizes) =>
        new([0], [1], new int[sizes.Aggregate(1, (product, size) => product * size)], _ => 0, sizes.Aggregate(1, (product, size) => product * size), sizes) { Missing = [0] };

    /// <summary>The same for sequences of another length.</summary>
    internal Normalization Resized(IReadOnlyList<int> sizes)
    {
        var inputs = sizes[0] * sizes[1];
        return new Normalization(_shift, _scale, new int[inputs], j => j % sizes[1], inputs, sizes) { Missing = Missing, Quantiles = Quantiles };
    }

    /// <summary>Values of other data, of the same shape, such as one new row.</summary>
    /// <param name="values">Raw, shape [n, …].</param>
    /// <param name="which">The samples to take.</param>
    public float[] Apply(float[] values, int[] which)
    {
        var result = new float[(long)which.Length * _outputs];
        for (var n = 0; n < which.Length; n++)
            Apply(values.AsSpan((int)((long)which[n] * _inputs), _inputs), result.AsSpan((int)((long)n * _outputs), _outputs));
        return result;
    }

    /// <summary>One sample.</summary>
    /// <param name="row">Raw.</param>
    /// <param name="result">Where it goes: zeros.</param>
    internal void Apply(ReadOnlySpan<float> row, Span<float> result)
    {
        var k = 0;
        for (var j = 0; j < row.Length; j++)
        {
            var value = row[j];
            if (_categories[j] > 0)
            {
                if (value >= 0 && value < _categories[j])
                    result[k + (int)value] = 1;
                k += _categories[j];
                continue;
            }

            var g = _group(j);
            var number = float.IsNaN(value) ? Missing[g] : value;
            result[k++] = (float)(((Quantiles.Count > 0 ? Quantiles[g].Apply(number) : number) - _shift[g]) * _scale[g]);
        }
    }

    /// <summary>What stands for a missing number of each group.</summary>
    public IReadOnlyList<double> Missing { get; private init; } = [];

    /// <summary>What is done to the numbers of each group before shift and scale; empty = nothing.</summary>
    public IReadOnlyList<QuantileMap> Quantiles { get; private init; } = [];

    /// <summary>Which of the outputs are numbers, not categories.</summary>
    internal IReadOnlyList<int> Numbers
    {
        get
        {
            var (numbers, at) = (new List<int>(), 0);
            foreach (var categories in _categories)
            {
                if (categories == 0)
                    numbers.Add(at);
                at += Math.Max(1, categories);
            }

            return numbers;
        }
    }

    private static (Func<int, int> Group, int Count) Groups(SampleKind kind, IReadOnlyList<int> sizes, int inputs) => kind switch
    {
        SampleKind.Sequence => (j => j % sizes[1], sizes[1]),
        SampleKind.Image when inputs > 1024 => (j => j / (sizes[1] * sizes[2]), sizes[0]),
        _ => (j => j, inputs),
    };

    private sealed class Statistics(Reservoir? kept)
    {
        /// <summary>Some of the numbers themselves.</summary>
        public Reservoir? Kept => kept;

        private long _n;
        private double _squares;

        public double Mean { get; private set; }

        public double Low { get; private set; } = double.PositiveInfinity;

        public double High { get; private set; } = double.NegativeInfinity;

        public double Deviation => _n > 0 ? Math.Sqrt(_squares / _n) : 0;

        // Welford's running mean and sum of squares.
        public void Add(float value)
        {
            if (float.IsNaN(value))
                return;
            _n++;
            var before = value - Mean;
            Mean += before / _n;
            _squares += before * (value - Mean);
            (Low, High) = (Math.Min(Low, value), Math.Max(High, value));
            kept?.Add(value);
        }
    }
}
