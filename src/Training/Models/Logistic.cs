using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;

namespace HpoService.Training.Models;

/// <summary>Linear outputs without a hidden layer.</summary>
internal sealed class Logistic : IModel
{
    public string Name => "logistic";

    public string Description => "Linear outputs without a hidden layer: logistic regression, or linear regression for numbers.";

    public IReadOnlyList<Setting> Settings => [];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-4, 1, Scale.Log),
        new CategoricalParameter("optimizer", ["sgd", "adam", "lbfgs"]),
        new FloatParameter("l1", 1e-7, 1e-2, Scale.Log),
        new FloatParameter("l2", 1e-7, 1e-1, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
    ];

    public bool Takes(SampleKind kind, GoalKind goal) => kind != SampleKind.Text;

    public Network Build(SampleShape shape, SettingValues s) => new MlpNetwork(shape.Count, [], shape.Outputs, "relu", "none", 0, skip: false);
}
