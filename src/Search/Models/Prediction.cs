namespace HpoService.Search.Models;

/// <summary>What a model says of one row.</summary>
/// <param name="Class">The likeliest class, or the next token.</param>
/// <param name="Probability">Of that class.</param>
/// <param name="Probabilities">Of every class, or of the 100 likeliest.</param>
/// <param name="Values">Numbers by target.</param>
public sealed record Prediction(
    string? Class = null, double? Probability = null, IReadOnlyDictionary<string, double>? Probabilities = null, IReadOnlyDictionary<string, double>? Values = null);

/// <summary>What a model says of some rows.</summary>
/// <param name="Model">Its kind, such as mlp.</param>
/// <param name="DataSet">What it was trained on.</param>
/// <param name="Goal">What it has learned.</param>
/// <param name="Columns">What a row of a table has.</param>
/// <param name="Classes">The classes' names.</param>
/// <param name="Targets">The names of what is predicted as numbers.</param>
/// <param name="Items">One for each row, in their order.</param>
public sealed record Predictions(
    string Model, string DataSet, GoalKind Goal, IReadOnlyList<string> Columns, IReadOnlyList<string> Classes, IReadOnlyList<string> Targets, IReadOnlyList<Prediction> Items);
