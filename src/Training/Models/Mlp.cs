using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Training.DataSets;
using TorchSharp;

namespace HpoService.Training.Models;

/// <summary>A fully connected classifier.</summary>
internal sealed class Mlp : IModel
{
    public ModelCard Card { get; } = new(
        "mlp",
        "A fully connected network that classifies feature vectors: hidden layers with an activation and dropout, trained on cross entropy.",
        MlpSettings.Schema,
        [
            new FloatParameter("learningRate", 1e-4, 0.1, Scale.Log),
            new IntParameter("hidden", 16, 256, Scale.Log),
            new IntParameter("layers", 1, 3),
            new FloatParameter("dropout", 0, 0.5),
            new CategoricalParameter("optimizer", ["sgd", "adam", "rmsprop"]),
            new FloatParameter("momentum", 0, 0.99, when: new Condition("optimizer", ["sgd"])),
            new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
            new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
        ],
        [.. DataSetRegistry.Names],
        [new Objective("accuracy", Direction.Maximize), new Objective("loss", Direction.Minimize)]);

    public TrainingOutcome Train(TrainingRequest request, Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        var settings = MlpSettings.Of(request);
        var data = DataSetRegistry.Get(request.DataSet ?? "digits");
        torch.manual_seed(request.Seed);
        using var network = Network(settings, data.Train.FeatureCount, data.Classes);
        using var optimizer = Optimizer(settings, network.parameters());
        return new ClassificationLoop(network, optimizer, data, settings.BatchSize).Train(settings.Epochs, report, cancellationToken);
    }

    private static TorchSharp.Modules.Sequential Network(MlpSettings settings, int inputs, int classes)
    {
        var layers = new List<(string, torch.nn.Module<torch.Tensor, torch.Tensor>)>();
        var width = inputs;
        for (var i = 0; i < settings.Layers; i++, width = settings.Hidden)
        {
            layers.Add(($"linear{i}", torch.nn.Linear(width, settings.Hidden)));
            layers.Add(($"activation{i}", settings.Activation switch
            {
                "tanh" => torch.nn.Tanh(),
                "gelu" => torch.nn.GELU(),
                "silu" => torch.nn.SiLU(),
                _ => torch.nn.ReLU(),
            }));
            if (settings.Dropout > 0)
                layers.Add(($"dropout{i}", torch.nn.Dropout(settings.Dropout)));
        }

        layers.Add(("output", torch.nn.Linear(width, classes)));
        return torch.nn.Sequential(layers);
    }

    private static torch.optim.Optimizer Optimizer(MlpSettings s, IEnumerable<TorchSharp.Modules.Parameter> parameters) => s.Optimizer switch
    {
        "sgd" => torch.optim.SGD(parameters, s.LearningRate, s.Momentum, weight_decay: s.WeightDecay),
        "rmsprop" => torch.optim.RMSProp(parameters, s.LearningRate, weight_decay: s.WeightDecay),
        "adamw" => torch.optim.AdamW(parameters, s.LearningRate, beta2: 0.999, weight_decay: s.WeightDecay),
        _ => torch.optim.Adam(parameters, s.LearningRate, beta2: 0.999, weight_decay: s.WeightDecay),
    };
}
