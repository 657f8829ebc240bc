namespace HpoService.Training.DataSets;

/// <summary>A data set as it was read: not split, not normalised.</summary>
public abstract record RawData
{
    /// <summary>What a study can be told about it.</summary>
    public abstract SampleKind Kind { get; }

    /// <summary>What is to be learned.</summary>
    public abstract GoalKind Goal { get; }

    /// <summary>How many samples, tokens or moments it has.</summary>
    public abstract int Count { get; }

    /// <summary>Splits and normalises.</summary>
    /// <exception cref="InvalidSettingsException">Too little is left of it.</exception>
    public abstract DataSet Prepare(DataOptions options);
}

/// <summary>How a data set is split and normalised.</summary>
public sealed record DataOptions
{
    /// <summary>Fraction that validates.</summary>
    public double Validation { get; init; } = 0.2;

    /// <summary>Fraction that tests, where the data set has no test part of its own.</summary>
    public double Test { get; init; } = 0.2;

    /// <summary>Of the split.</summary>
    public int Seed { get; init; } = 20261121;

    /// <summary>Folds of a cross-validation; 1 = a fixed validation part.</summary>
    public int Folds { get; init; } = 1;

    /// <summary>Which fold validates.</summary>
    public int Fold { get; init; }

    /// <summary>standard, minMax, quantile or none.</summary>
    public string Normalization { get; init; } = "standard";

    /// <summary>Tokens of a sample of text, moments of a sample of a series.</summary>
    public int Context { get; init; } = 32;

    /// <summary>How many values of a series are forecast.</summary>
    public int Horizon { get; init; } = 1;

    /// <summary>At most so many samples train; 0 = all.</summary>
    public int MaxTrain { get; init; }

    /// <summary>Everything trains, what validates and tests too; measured is then on what was trained on.</summary>
    public bool TrainOnAll { get; init; }

    /// <summary>Height and width that images are brought to; 0 = as they are.</summary>
    public int ImageSize { get; init; }

    /// <summary>Channels that images are brought to, 1 or 3; 0 = as they are.</summary>
    public int ImageChannels { get; init; }
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Categories">Its categories, whose numbers are its values; null = it holds numbers.</param>
public sealed record Column(string Name, IReadOnlyList<string>? Categories = null);

/// <summary>Samples of one shape with a class or with numbers each.</summary>
public sealed record RawSamples : RawData
{
    private readonly SampleKind _kind;

    /// <summary>Samples of a kind.</summary>
    public RawSamples(SampleKind kind) => _kind = kind;

    /// <inheritdoc/>
    public override SampleKind Kind => _kind;

    /// <inheritdoc/>
    public override GoalKind Goal => Labels.Length > 0 ? GoalKind.Classification : GoalKind.Regression;

    /// <inheritdoc/>
    public override int Count => Labels.Length > 0 ? Labels.Length : Targets.Length / TargetNames.Count;

    /// <summary>Of one sample.</summary>
    public required IReadOnlyList<int> Sizes { get; init; }

    /// <summary>Shape [n, …]; NaN is missing.</summary>
    public required float[] Values { get; init; }

    /// <summary>The same, where they are read when they are needed; <see cref="Values"/> is empty then.</summary>
    public SampleRows? Rows { get; init; }

    /// <summary>Of a table.</summary>
    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>Classes, shape [n], or empty.</summary>
    public long[] Labels { get; init; } = [];

    /// <summary>The classes' names.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Numbers, shape [n, targets], or empty.</summary>
    public float[] Targets { get; init; } = [];

    /// <summary>The targets' names.</summary>
    public IReadOnlyList<string> TargetNames { get; init; } = [];

    /// <summary>Of a class column, its name.</summary>
    public string? TargetName { get; init; }

    /// <summary>How much of each sequence is not padding; empty = all of it.</summary>
    public long[] Lengths { get; init; } = [];

    /// <summary>Samples from this one on test, as the data set says itself; null = a random part.</summary>
    public int? TestStart { get; init; }

    /// <inheritdoc/>
    public override DataSet Prepare(DataOptions options)
    {
        var split = SplitOf(options);
        if (split.Train.Length == 0 || split.Validation.Length == 0)
            throw new InvalidSettingsException("/validationFraction", $"both the training and the validation part must have samples, but got {split.Train.Length} and {split.Validation.Length} of {Count}.");
        if (options.MaxTrain > 0 && split.Train.Length > options.MaxTrain)
            split = split with { Train = Shuffled(split.Train, options.Seed)[..options.MaxTrain] };
        if (ImageFit.Sizes(this, options) is not { } sizes)
            return Normalized(split, options);
        var fitted = Fitted(ref split, sizes).Normalized(split, options);
        return fitted with { Inputs = fitted.Inputs with { Sizes = Sizes } };
    }

    // Only what is used, so that a few samples of a large data set stay few.
    private RawSamples Fitted(ref Split split, IReadOnlyList<int> sizes)
    {
        var classes = Classes.Count > 0 || Labels.Length == 0 ? Classes : [.. Enumerable.Range(0, (int)Labels.Max() + 1).Select(i => $"{i}")];
        if (Rows is not null)
            return this with { Sizes = sizes, Rows = new FittedRows(Rows, Sizes, sizes), Classes = classes };
        int[] used = [.. split.Train.Union(split.Validation).Union(split.Test)];
        var place = used.Select((sample, i) => (sample, i)).ToDictionary(p => p.sample, p => p.i);
        split = new Split([.. split.Train.Select(i => place[i])], [.. split.Validation.Select(i => place[i])], [.. split.Test.Select(i => place[i])]);
        return this with
        {
            Sizes = sizes, Values = ImageFit.Apply(Values, used, Sizes, sizes), Labels = Labels.Length > 0 ? [.. used.Select(i => Labels[i])] : [],
            Targets = [.. used.SelectMany(i => Enumerable.Range(0, TargetNames.Count).Select(j => Targets[i * TargetNames.Count + j]))],
            Classes = classes,
        };
    }

    private DataSet Normalized(Split split, DataOptions options)
    {
        var normalization = Normalization.Fit(this, split.Train, options.Normalization);
        var scale = TargetScales(split.Train);
        var outputs = Goal == GoalKind.Classification ? Math.Max(Classes.Count, (int)Labels.Max() + 1) : TargetNames.Count;
        return new DataSet(
            new SampleShape(Kind, Goal, normalization.Sizes, outputs) { Numbers = Columns.Any(c => c.Categories is not null) ? normalization.Numbers : null }, Part(split.Train), Part(split.Validation), Part(split.Test),
            Classes.Count > 0 || Goal != GoalKind.Classification ? Classes : [.. Enumerable.Range(0, outputs).Select(i => $"{i}")], normalization, scale)
        {
            Inputs = new InputCard(Sizes, Columns, normalization.Missing, TargetNames.Count > 0 ? TargetNames : TargetName is null ? [] : [TargetName], Lengths.Length > 0)
            {
                Quantiles = normalization.Quantiles.Count > 0 ? normalization.Quantiles : null,
            },
        };

        Samples Part(int[] which) => new(
            Rows is null ? normalization.Apply(Values, which) : [], [], Labels.Length > 0 ? [.. which.Select(i => Labels[i])] : [],
            [.. which.SelectMany(i => Enumerable.Range(0, scale.Length).Select(j => (float)((Targets[i * scale.Length + j] - scale[j].Mean) / scale[j].Deviation)))],
            Lengths.Length > 0 ? [.. which.Select(i => Lengths[i])] : [], which.Length)
        {
            Rows = Rows is null ? null : new NormalizedRows(Rows, normalization, which),
        };
    }

    /// <summary>One sample's numbers.</summary>
    /// <param name="sample">Which one.</param>
    /// <param name="buffer">As long as a sample, for those that must be read first.</param>
    internal ReadOnlySpan<float> Row(int sample, float[] buffer)
    {
        if (Rows is null)
            return Values.AsSpan((int)((long)sample * buffer.Length), buffer.Length);
        Rows.Read(sample, buffer);
        return buffer;
    }

    private Split SplitOf(DataOptions options)
    {
        int[] all = options.TrainOnAll ? [.. Enumerable.Range(0, Count)] : [];
        if (options.TrainOnAll)
            return new Split(all, all, []);
        var n = TestStart ?? Count;
        var strata = Labels.Length > 0 ? Labels[..n] : new long[n];
        var test = TestStart is null ? options.Test : 0;
        var split = options.Folds > 1
            ? Splits.Fold(strata, options.Folds, options.Fold, test, options.Seed)
            : Splits.Stratified(strata, options.Validation, test, options.Seed);
        return TestStart is { } start ? split with { Test = [.. Enumerable.Range(start, Count - start)] } : split;
    }

    private static int[] Shuffled(int[] which, int seed)
    {
        int[] copy = [.. which];
        new Random(seed).Shuffle(copy);
        return copy;
    }

    private (double Mean, double Deviation)[] TargetScales(int[] train) => [.. Enumerable.Range(0, TargetNames.Count).Select(j =>
    {
        var values = train.Select(i => (double)Targets[i * TargetNames.Count + j]).ToArray();
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
        return (mean, deviation > 1e-12 ? deviation : 1);
    })];
}
