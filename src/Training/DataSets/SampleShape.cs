namespace HpoService.Training.DataSets;

/// <summary>What one sample is.</summary>
public enum SampleKind
{
    /// <summary>Numbers without an order, shape [d].</summary>
    Table,

    /// <summary>Shape [channels, height, width].</summary>
    Image,

    /// <summary>Measurements over time, shape [time, d].</summary>
    Sequence,

    /// <summary>Token numbers, shape [time].</summary>
    Text,
}

/// <summary>What is to be learned.</summary>
public enum GoalKind
{
    /// <summary>A class for each sample.</summary>
    Classification,

    /// <summary>Numbers for each sample; the next values of a series too.</summary>
    Regression,

    /// <summary>The token after each token.</summary>
    NextToken,
}

/// <summary>What a network takes and gives.</summary>
/// <param name="Kind">What one sample is.</param>
/// <param name="Goal">What is to be learned.</param>
/// <param name="Sizes">Of one sample.</param>
/// <param name="Outputs">Classes, numbers, or tokens.</param>
public sealed record SampleShape(SampleKind Kind, GoalKind Goal, IReadOnlyList<int> Sizes, int Outputs)
{
    /// <summary>Numbers, or tokens, in one sample.</summary>
    public int Count => Sizes.Aggregate(1, (product, size) => product * size);
}
