using HpoService.Training.DataSets;
using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Goals;

/// <summary>The token after each token, by cross entropy over all positions.</summary>
internal sealed class NextToken(DataSet data, SettingValues settings) : Goal
{
    public override torch.Tensor Loss(torch.Tensor outputs, torch.Tensor targets) => torch.nn.functional.cross_entropy(
        outputs.reshape(-1, data.Shape.Outputs), targets.reshape(-1), label_smoothing: settings[GoalSettings.LabelSmoothing]);

    public override torch.Tensor Targets(Samples part) => torch.tensor(part.Labels, part.Count, part.Labels.Length / Math.Max(1, part.Count));

    public override Evaluation Evaluate() => new NextTokenEvaluation(data.Shape.Outputs);

    private sealed class NextTokenEvaluation(int vocabulary) : Evaluation
    {
        private double _loss, _right;
        private long _count;

        public override void Add(torch.Tensor outputs, torch.Tensor targets)
        {
            var (flat, wanted) = (outputs.reshape(-1, vocabulary), targets.reshape(-1));
            var n = wanted.shape[0];
            _loss += torch.nn.functional.cross_entropy(flat, wanted).ToDouble() * n;
            _right += flat.argmax(1).eq(wanted).to_type(torch.float64).sum().ToDouble();
            _count += n;
        }

        public override Dictionary<string, double> Metrics() => new()
        {
            ["loss"] = _loss / _count, ["perplexity"] = Math.Exp(_loss / _count), ["accuracy"] = _right / _count,
        };
    }
}
