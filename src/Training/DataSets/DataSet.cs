namespace HpoService.Training.DataSets;

/// <summary>A classification data set in three fixed parts, features normalised with the training part's mean and deviation.</summary>
/// <param name="Train">60 % of the samples.</param>
/// <param name="Validation">20 %: what a trial is judged by.</param>
/// <param name="Test">20 %: what is reported at the end and never searched over.</param>
/// <param name="Classes">The number of classes.</param>
public sealed record DataSet(Samples Train, Samples Validation, Samples Test, int Classes)
{
    /// <summary>Splits each class 60/20/20 in an order drawn from the seed, so that all trials of all studies compare.</summary>
    /// <param name="features">Raw features, shape [n][d].</param>
    /// <param name="labels">Classes from 0, shape [n].</param>
    /// <param name="seed">Of the split.</param>
    public static DataSet Split(float[][] features, int[] labels, int seed)
    {
        var random = new Random(seed);
        var parts = new[] { new List<int>(), new List<int>(), new List<int>() };
        foreach (var group in Enumerable.Range(0, labels.Length).GroupBy(i => labels[i]).OrderBy(g => g.Key))
        {
            var members = group.ToArray();
            random.Shuffle(members);
            for (var i = 0; i < members.Length; i++)
                parts[i < 0.6 * members.Length ? 0 : i < 0.8 * members.Length ? 1 : 2].Add(members[i]);
        }

        var normalization = Normalization.Fit([.. parts[0].Select(i => features[i])]);
        var samples = parts.Select(part => new Samples(
            [.. part.SelectMany(i => normalization.Apply(features[i]))], [.. part.Select(i => (long)labels[i])], features[0].Length)).ToArray();
        return new DataSet(samples[0], samples[1], samples[2], labels.Max() + 1);
    }
}

/// <summary>One part of a data set.</summary>
/// <param name="Features">Shape [n, d], row-major.</param>
/// <param name="Labels">Shape [n].</param>
/// <param name="FeatureCount">d.</param>
public sealed record Samples(float[] Features, long[] Labels, int FeatureCount)
{
    /// <summary>n.</summary>
    public int Count => Labels.Length;
}

/// <summary>Mean and deviation of each feature.</summary>
internal sealed class Normalization
{
    private readonly double[] _mean, _deviation;

    private Normalization(double[] mean, double[] deviation) => (_mean, _deviation) = (mean, deviation);

    public static Normalization Fit(float[][] rows)
    {
        var d = rows[0].Length;
        var mean = Enumerable.Range(0, d).Select(j => rows.Average(row => (double)row[j])).ToArray();
        var deviation = Enumerable.Range(0, d).Select(j => Math.Sqrt(rows.Average(row => Math.Pow(row[j] - mean[j], 2)))).ToArray();
        return new Normalization(mean, deviation);
    }

    // A feature that is constant in training, such as a corner pixel, carries nothing: 0, not a division by 0.
    public IEnumerable<float> Apply(float[] row) => row.Select((value, j) => _deviation[j] > 1e-6 ? (float)((value - _mean[j]) / _deviation[j]) : 0);
}
