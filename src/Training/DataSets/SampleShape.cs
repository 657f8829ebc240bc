namespace HpoService.Training.DataSets;

/// <summary>What a network takes and gives.</summary>
/// <param name="Kind">What one sample is.</param>
/// <param name="Goal">What is to be learned.</param>
/// <param name="Sizes">Of one sample.</param>
/// <param name="Outputs">Classes, numbers, or tokens.</param>
public sealed record SampleShape(SampleKind Kind, GoalKind Goal, IReadOnlyList<int> Sizes, int Outputs)
{
    /// <summary>Of a table, which features are numbers, not categories; null = all.</summary>
    public IReadOnlyList<int>? Numbers { get; init; }

    /// <summary>Numbers, or tokens, in one sample.</summary>
    public int Count => Sizes.Aggregate(1, (product, size) => product * size);
}
