namespace HpoService.Training.DataSets;

/// <summary>Values over time; a sample is a window of them and its target what the first column does next. Later windows validate and test.</summary>
public sealed record RawSeries : RawData
{
    /// <inheritdoc/>
    public override SampleKind Kind => SampleKind.Sequence;

    /// <inheritdoc/>
    public override GoalKind Goal => GoalKind.Regression;

    /// <inheritdoc/>
    public override int Count => Values.Length / Columns.Count;

    /// <summary>Shape [time, columns]; the first column is forecast.</summary>
    public required float[] Values { get; init; }

    /// <summary>Their names.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <inheritdoc/>
    public override DataSet Prepare(DataOptions options)
    {
        if (options.Normalization == "quantile")
            throw new InvalidSettingsException("/normalization", "normalization must be standard, minMax or none for a series, whose forecasts must be brought back, but got quantile.");
        var (d, window, horizon) = (Columns.Count, options.Context, options.Horizon);
        var windows = Count - window - horizon + 1;
        var (first, second) = ((int)Math.Round(windows * (1 - options.Validation - options.Test)), (int)Math.Round(windows * (1 - options.Test)));
        // What a later part forecasts is seen by no earlier one: the last windows before a border are left out.
        var (trainEnd, validationEnd) = (first - horizon + 1, second - horizon + 1);
        if (options.TrainOnAll)
            (first, second, trainEnd, validationEnd) = (0, windows, windows, windows);
        if (trainEnd < 1 || validationEnd <= first)
            throw new InvalidSettingsException("/context", $"context + horizon must leave windows in every part of {Count} moments, but got {window} + {horizon}.");
        var seen = trainEnd + window + horizon - 1; // moments that the training part shows
        var flat = new RawSamples(SampleKind.Sequence) { Sizes = [seen, d], Values = Values[..(seen * d)], TargetNames = [Columns[0]], Targets = [0] };
        var normalization = Normalization.Fit(flat, [0], options.Normalization);
        var scaled = normalization.Resized([Count, d]).Apply(Values, [0]);
        var scale = normalization.Scale[0] is var s && s != 0 ? (normalization.Shift[0], 1 / s) : (normalization.Shift[0], 1);
        return new DataSet(
            new SampleShape(Kind, Goal, [window, d], horizon), Part(options.MaxTrain > 0 ? Math.Max(0, trainEnd - options.MaxTrain) : 0, trainEnd),
            Part(first, validationEnd), Part(second, windows), [], normalization.Resized([window, d]), [.. Enumerable.Repeat(scale, horizon)])
        {
            Inputs = new InputCard([window, d], [], normalization.Missing, horizon == 1 ? [Columns[0]] : [.. Enumerable.Range(1, horizon).Select(h => $"{Columns[0]}+{h}")]),
        };

        Samples Part(int start, int end) => new(
            [.. Enumerable.Range(start, end - start).SelectMany(i => scaled[(i * d)..((i + window) * d)])], [], [],
            [.. Enumerable.Range(start, end - start).SelectMany(i => Enumerable.Range(0, horizon).Select(h => scaled[(i + window + h) * d]))], [], end - start);
    }
}
