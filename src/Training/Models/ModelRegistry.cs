using HpoService.Search.Models;
using HpoService.Search.Studies;

namespace HpoService.Training.Models;

/// <summary>A model that workers can train.</summary>
internal interface IModel
{
    /// <summary>What is published about it.</summary>
    ModelCard Card { get; }

    /// <summary>Trains once.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="report">Takes a measurement an epoch; false = stop, as the pruner or a user wishes.</param>
    /// <param name="cancellationToken">The process shuts down: throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidSettingsException">A setting is unknown or out of range.</exception>
    TrainingOutcome Train(TrainingRequest request, Func<Measurement, bool> report, CancellationToken cancellationToken);
}

/// <summary>Every model there is, one line each.</summary>
public static class ModelRegistry
{
    private static readonly IModel[] Models =
    [
        new Mlp(),
    ];

    /// <summary>What the models are.</summary>
    public static IReadOnlyList<ModelCard> Cards { get; } = [.. Models.Select(m => m.Card)];

    /// <summary>Trains a model once, on this thread; deterministic for a request when torch has one thread.</summary>
    /// <param name="request">What to train.</param>
    /// <param name="report">Takes a measurement an epoch; false = stop.</param>
    /// <param name="cancellationToken">The process shuts down: throws <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidSettingsException">The model, the data set or a setting is unknown or out of range.</exception>
    public static TrainingOutcome Train(TrainingRequest request, Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        var model = Models.FirstOrDefault(m => m.Card.Name == request.Model)
            ?? throw new InvalidSettingsException("/model", $"model must be one of {string.Join(", ", Models.Select(m => m.Card.Name))}, but got '{request.Model}'.");
        return model.Train(request, report, cancellationToken);
    }
}
