using HpoService.Training.DataSets;
using HpoService.Training.Metrics;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Goals;

/// <summary>A class for each sample, by cross entropy.</summary>
internal sealed class Classification(DataSet data, SettingValues settings) : Goal
{
    private readonly torch.Tensor? _weights = settings[GoalSettings.ClassWeights] == "balanced" ? Balanced(data).DetachFromDisposeScope() : null;

    public override torch.Tensor Loss(torch.Tensor outputs, torch.Tensor targets) =>
        torch.nn.functional.cross_entropy(outputs, targets, _weights, label_smoothing: settings[GoalSettings.LabelSmoothing]);

    // Cross entropy divides by the weights of the classes that it saw.
    public override double Weight(torch.Tensor targets)
    {
        if (_weights is null)
            return base.Weight(targets);
        using var scope = torch.NewDisposeScope();
        return _weights.index_select(0, targets).sum().ToDouble();
    }

    public override torch.Tensor Targets(Samples part) => torch.tensor(part.Labels);

    public override Evaluation Evaluate() => new ClassificationEvaluation(data.Shape.Outputs);

    /// <summary>n / (classes · n of the class), as scikit-learn's "balanced".</summary>
    private static torch.Tensor Balanced(DataSet data)
    {
        var counts = new float[data.Shape.Outputs];
        foreach (var label in data.Train.Labels)
            counts[label]++;
        return torch.tensor(counts.Select(c => data.Train.Count / (counts.Length * Math.Max(1, c))).ToArray());
    }

    private sealed class ClassificationEvaluation(int classes) : Evaluation
    {
        private readonly List<double> _probabilities = [];
        private readonly List<long> _labels = [];

        public override void Add(torch.Tensor outputs, torch.Tensor targets)
        {
            _probabilities.AddRange(torch.nn.functional.log_softmax(outputs.to_type(torch.float64), 1).data<double>().ToArray());
            _labels.AddRange(targets.data<long>().ToArray());
        }

        public override int[][] Confusion()
        {
            var matrix = Enumerable.Range(0, classes).Select(_ => new int[classes]).ToArray();
            for (var i = 0; i < _labels.Count; i++)
            {
                var best = 0;
                for (var c = 1; c < classes; c++)
                    if (_probabilities[i * classes + c] > _probabilities[i * classes + best])
                        best = c;
                matrix[_labels[i]][best]++;
            }

            return matrix;
        }

        public override Dictionary<string, double> Metrics() => ClassificationMetrics.Of([.. _probabilities], [.. _labels], classes);
    }
}
