namespace HpoService.Training.Metrics;

/// <summary>How good predicted classes are; the definitions are scikit-learn's.</summary>
internal static class ClassificationMetrics
{
    /// <param name="logProbabilities">Shape [n, classes].</param>
    /// <param name="labels">Shape [n].</param>
    /// <param name="classes">How many there are.</param>
    public static Dictionary<string, double> Of(double[] logProbabilities, long[] labels, int classes)
    {
        var n = labels.Length;
        var confusion = Confusion(logProbabilities, labels, classes);
        var logLoss = Enumerable.Range(0, n).Average(i => -logProbabilities[i * classes + labels[i]]);
        var recalls = Enumerable.Range(0, classes).Where(c => confusion[c].Sum() > 0).Select(c => (double)confusion[c][c] / confusion[c].Sum());
        return new Dictionary<string, double>
        {
            ["accuracy"] = (double)Enumerable.Range(0, classes).Sum(c => confusion[c][c]) / n,
            ["loss"] = logLoss,
            ["logLoss"] = logLoss,
            ["balancedAccuracy"] = recalls.Average(),
            ["macroF1"] = MacroF1(confusion),
            ["auc"] = Auc(logProbabilities, labels, classes),
        };
    }

    /// <summary>Samples by class, then by predicted class.</summary>
    public static int[][] Confusion(double[] scores, long[] labels, int classes)
    {
        var confusion = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
        for (var i = 0; i < labels.Length; i++)
        {
            var row = scores.AsSpan(i * classes, classes);
            var best = 0;
            for (var c = 1; c < classes; c++)
                if (row[c] > row[best])
                    best = c;
            confusion[labels[i]][best]++;
        }

        return confusion;
    }

    // Over the classes that occur, in the labels or as predictions.
    private static double MacroF1(int[][] confusion) => Enumerable.Range(0, confusion.Length)
        .Select(c => (Right: confusion[c][c], Wanted: confusion[c].Sum(), Got: confusion.Sum(row => row[c])))
        .Where(c => c.Wanted + c.Got > 0)
        .Average(c => 2.0 * c.Right / (c.Wanted + c.Got));

    // Two classes: the probability that a sample of the second scores above one of the first. More: the mean of each class against the rest.
    private static double Auc(double[] scores, long[] labels, int classes)
    {
        var areas = (classes == 2 ? [1] : Enumerable.Range(0, classes)).Select(c => Area(
            [.. Enumerable.Range(0, labels.Length).Select(i => scores[i * classes + c])], [.. labels.Select(l => l == c)])).Where(double.IsFinite).ToArray();
        return areas.Length > 0 ? areas.Average() : 0.5; // a part with one class only says nothing
    }

    private static double Area(double[] scores, bool[] isMember)
    {
        var order = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ToArray();
        var (ranks, members) = (0.0, isMember.LongCount(m => m));
        for (int i = 0, end; i < order.Length; i = end)
        {
            for (end = i + 1; end < order.Length && scores[order[end]] == scores[order[i]];)
                end++;
            for (var k = i; k < end; k++) // ties share their mean rank
                if (isMember[order[k]])
                    ranks += (i + 1 + end) / 2.0;
        }

        return (ranks - members * (members + 1) / 2.0) / ((double)members * (scores.Length - members));
    }
}
