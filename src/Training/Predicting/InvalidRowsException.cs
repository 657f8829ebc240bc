using HpoService.Search;

namespace HpoService.Training.Predicting;

/// <summary>A row that a model cannot take: says which, and which column of it.</summary>
/// <param name="row">Its number, from 0.</param>
/// <param name="column">The column, or null.</param>
/// <param name="rule">What must hold, then "but got".</param>
public sealed class InvalidRowsException(int row, string? column, string rule)
    : HpoException($"/rows/{row}{(column is null ? "" : $"/{JsonPointer.Part(column)}")}", column is null ? $"row {row} {rule}" : $"row {row}, column {column} {rule}");
