using HpoService.Training.DataSets;
using HpoService.Training.Metrics;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Goals;

/// <summary>Numbers for each sample. Losses are in units of the targets' deviation in training; mse, mae and rmse in the targets' own.</summary>
internal sealed class Regression(DataSet data, SettingValues settings) : Goal
{
    public override torch.Tensor Loss(torch.Tensor outputs, torch.Tensor targets) => settings[GoalSettings.RegressionLoss] switch
    {
        "mae" => (outputs - targets).abs().mean(),
        "huber" => torch.nn.functional.smooth_l1_loss(outputs, targets),
        _ => torch.nn.functional.mse_loss(outputs, targets),
    };

    public override torch.Tensor Targets(Samples part) => torch.tensor(part.Targets, part.Count, data.Shape.Outputs);

    public override Evaluation Evaluate() => new RegressionEvaluation(this, data);

    private sealed class RegressionEvaluation(Regression goal, DataSet data) : Evaluation
    {
        private readonly List<float> _outputs = [], _targets = [];
        private double _loss;
        private long _count;

        public override void Add(torch.Tensor outputs, torch.Tensor targets)
        {
            _loss += goal.Loss(outputs, targets).ToDouble() * outputs.shape[0];
            _count += outputs.shape[0];
            _outputs.AddRange(outputs.contiguous().data<float>().ToArray());
            _targets.AddRange(targets.data<float>().ToArray());
        }

        public override Dictionary<string, double> Metrics()
        {
            var metrics = RegressionMetrics.Of(Raw(_outputs), Raw(_targets));
            metrics["loss"] = _loss / _count;
            return metrics;
        }

        private double[] Raw(List<float> scaled) => [.. scaled.Select((v, i) =>
            data.TargetScale[i % data.TargetScale.Count] is var (mean, deviation) ? mean + deviation * v : v)];
    }
}
