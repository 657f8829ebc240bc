using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;

namespace HpoService.Training.Models;

/// <summary>A model that workers can train.</summary>
internal interface IModel
{
    /// <summary>The name in <c>runner.model</c>.</summary>
    string Name { get; }

    /// <summary>One or two sentences for people.</summary>
    string Description { get; }

    /// <summary>Its own settings, beside those of the training.</summary>
    IReadOnlyList<Setting> Settings { get; }

    /// <summary>What its settings keep between them, beside the rules of the training.</summary>
    IReadOnlyList<JointRule> Rules => [];

    /// <summary>The search space of a study that names none.</summary>
    IReadOnlyList<Parameter> Space { get; }

    /// <summary>The search spaces over kinds of data for which another one is sensible.</summary>
    IReadOnlyDictionary<SampleKind, IReadOnlyList<Parameter>> Spaces => new Dictionary<SampleKind, IReadOnlyList<Parameter>>();

    /// <summary>Whether it can learn this from samples of that kind.</summary>
    bool Takes(SampleKind kind, GoalKind goal);

    /// <summary>A network, its weights drawn from torch's generator.</summary>
    /// <exception cref="InvalidSettingsException">The settings do not fit the data.</exception>
    Network Build(SampleShape shape, SettingValues settings);
}
