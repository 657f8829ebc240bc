namespace HpoService.Search.Models;

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

/// <summary>What is known of a data set without reading it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What one sample is.</param>
/// <param name="Goal">What is to be learned.</param>
/// <param name="Format">The format of its file, such as csv.</param>
/// <param name="Count">Samples, tokens or moments.</param>
/// <param name="Sizes">Of one sample; empty for text.</param>
/// <param name="Classes">The classes' names, or the first 1,000 of a vocabulary.</param>
/// <param name="Columns">Of a table: its features, with their categories, missing values, mean and deviation.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="Target">The target column that was asked for.</param>
/// <param name="AskedGoal">The goal that was asked for.</param>
public sealed record DataCard(
    string Name, SampleKind Kind, GoalKind Goal, string Format, int Count, IReadOnlyList<int> Sizes, IReadOnlyList<string> Classes, IReadOnlyList<ColumnCard> Columns,
    long Bytes, string? Target = null, string? AskedGoal = null);

/// <summary>A column of a <see cref="DataCard"/>.</summary>
public sealed record ColumnCard(string Name, int Missing, IReadOnlyList<string>? Categories = null, double? Mean = null, double? Deviation = null);
