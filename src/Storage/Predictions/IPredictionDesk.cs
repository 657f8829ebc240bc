using System.Text.Json;
using HpoService.Search.Models;

namespace HpoService.Storage;

/// <summary>Uses trained models, for rooms that may not reach the training room; decision 8.</summary>
public interface IPredictionDesk
{
    /// <summary>What a model says of rows, in a process of its own.</summary>
    /// <param name="folder">The model's files.</param>
    /// <param name="rows">As the model's data set had them.</param>
    /// <param name="mostSeconds">How long it may take.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidValuesException">A row is not what the model was trained on: names row and column.</exception>
    /// <exception cref="UnavailableException">The model cannot be used here, or not in time.</exception>
    Task<Predictions> PredictAsync(string folder, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken);
}
