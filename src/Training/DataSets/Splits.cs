namespace HpoService.Training.DataSets;

/// <summary>Which samples train, validate and test.</summary>
public sealed record Split(int[] Train, int[] Validation, int[] Test);

/// <summary>Ways to split, each a function of its inputs, so that all trials of all studies compare.</summary>
public static class Splits
{
    /// <summary>Parts of every class, in an order drawn from the seed.</summary>
    /// <param name="labels">A class for each sample; all the same = a plain random split.</param>
    /// <param name="validation">Fraction that validates.</param>
    /// <param name="test">Fraction that tests.</param>
    /// <param name="seed">Of the order.</param>
    public static Split Stratified(IReadOnlyList<long> labels, double validation, double test, int seed)
    {
        var parts = new[] { new List<int>(), new List<int>(), new List<int>() };
        foreach (var members in Groups(labels, seed))
            for (var i = 0; i < members.Length; i++)
                parts[i < Share(1 - validation - test, members) ? 0 : i < Share(1 - test, members) ? 1 : 2].Add(members[i]);
        return new Split([.. parts[0]], [.. parts[1]], [.. parts[2]]);
    }

    /// <summary>One of k folds of what does not test validates, the others train; every class is spread over all folds.</summary>
    public static Split Fold(IReadOnlyList<long> labels, int folds, int fold, double test, int seed)
    {
        var parts = new[] { new List<int>(), new List<int>(), new List<int>() };
        var next = 0; // goes on from class to class, so that small classes do not all begin in fold 0
        foreach (var members in Groups(labels, seed))
            for (var i = 0; i < members.Length; i++)
                parts[i >= Share(1 - test, members) ? 2 : next++ % folds == fold ? 1 : 0].Add(members[i]);
        return new Split([.. parts[0]], [.. parts[1]], [.. parts[2]]);
    }

    /// <summary>The first samples train, later ones validate, the last ones test: for what has an order in time.</summary>
    public static Split Ordered(int count, double validation, double test)
    {
        var (first, second) = ((int)Math.Round(count * (1 - validation - test)), (int)Math.Round(count * (1 - test)));
        return new Split([.. Enumerable.Range(0, first)], [.. Enumerable.Range(first, second - first)], [.. Enumerable.Range(second, count - second)]);
    }

    // 1 − 0.2 − 0.2 is a little more than 0.6: rounded, so that 6 of 10 are 6.
    private static double Share(double fraction, int[] members) => Math.Round(fraction * members.Length, 9);

    private static IEnumerable<int[]> Groups(IReadOnlyList<long> labels, int seed)
    {
        var random = new Random(seed);
        foreach (var group in Enumerable.Range(0, labels.Count).GroupBy(i => labels[i]).OrderBy(g => g.Key))
        {
            var members = group.ToArray();
            random.Shuffle(members);
            yield return members;
        }
    }
}
