namespace HpoService.Training.DataSets;

/// <summary>What a new sample must look like, and what is done to it before a network sees it: all of it fitted to the training part.</summary>
/// <param name="Sizes">Of a raw sample: of a table its columns, of a sequence the longest and its width; of text nothing.</param>
/// <param name="Columns">Of a table that has names, with their categories.</param>
/// <param name="Missing">What stands for a missing number, by group.</param>
/// <param name="Targets">The names of what is predicted as numbers, and of a target column that a row may bring along.</param>
/// <param name="HasLengths">Whether sequences may be shorter.</param>
public sealed record InputCard(
    IReadOnlyList<int> Sizes, IReadOnlyList<Column> Columns, IReadOnlyList<double> Missing, IReadOnlyList<string> Targets, bool HasLengths = false)
{
    /// <summary>Of numbers that became normal scores of their ranks, the way there, by group; null = they did not.</summary>
    public IReadOnlyList<QuantileMap>? Quantiles { get; init; }
}
