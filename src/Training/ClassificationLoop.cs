using HpoService.Search.Studies;
using HpoService.Training.DataSets;
using TorchSharp;

namespace HpoService.Training;

/// <summary>Trains a classifier on cross entropy, batch by batch, and measures it after each epoch.</summary>
internal sealed class ClassificationLoop(
    torch.nn.Module<torch.Tensor, torch.Tensor> network, torch.optim.Optimizer optimizer, DataSet data, int batchSize)
{
    /// <summary>Trains; a loss that is not finite ends it at the batch where it appears.</summary>
    public TrainingOutcome Train(int epochs, Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        var (features, labels) = Tensors(data.Train);
        var validation = Tensors(data.Validation);
        var values = new Dictionary<string, double>();
        for (var epoch = 1; epoch <= epochs; epoch++)
        {
            var trainLoss = Epoch(features, labels, cancellationToken);
            var (accuracy, loss) = Evaluate(validation);
            if (!double.IsFinite(trainLoss) || !double.IsFinite(loss))
                return new TrainingOutcome.Infeasible($"the loss diverged in epoch {epoch}: training {trainLoss}, validation {loss}.");
            values = new Dictionary<string, double> { ["accuracy"] = accuracy, ["loss"] = loss, ["trainLoss"] = trainLoss };
            if (!report(new Measurement(epoch, values)))
                return new TrainingOutcome.Stopped();
        }

        var (testAccuracy, _) = Evaluate(Tensors(data.Test));
        return new TrainingOutcome.Completed(new Dictionary<string, double>(values) { ["testAccuracy"] = testAccuracy });
    }

    private double Epoch(torch.Tensor features, torch.Tensor labels, CancellationToken cancellationToken)
    {
        using var scope = torch.NewDisposeScope();
        network.train();
        var n = data.Train.Count;
        var order = torch.randperm(n);
        var total = 0.0;
        for (var start = 0; start < n; start += batchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batch = torch.NewDisposeScope();
            var size = Math.Min(batchSize, n - start);
            var index = order.narrow(0, start, size);
            optimizer.zero_grad();
            var loss = torch.nn.functional.cross_entropy(network.call(features.index_select(0, index)), labels.index_select(0, index));
            var value = loss.item<double>();
            if (!double.IsFinite(value))
                return value;
            loss.backward();
            optimizer.step();
            total += value * size;
        }

        return total / n;
    }

    private (double Accuracy, double Loss) Evaluate((torch.Tensor Features, torch.Tensor Labels) part)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        network.eval();
        var logits = network.call(part.Features);
        var loss = torch.nn.functional.cross_entropy(logits, part.Labels).item<double>();
        var correct = logits.argmax(1).eq(part.Labels).to_type(torch.float64).mean().item<double>();
        return (correct, loss);
    }

    private static (torch.Tensor Features, torch.Tensor Labels) Tensors(Samples part) =>
        (torch.tensor(part.Features, part.Count, part.FeatureCount), torch.tensor(part.Labels, part.Count));
}
