using HpoService.Training.DataSets;
using HpoService.Training.Loop;
using HpoService.Training.Goals;
using HpoService.Training.Models;
using HpoService.Training.Networks;
using HpoService.Training.Parallel;
using HpoService.Training.Regularization;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class RegularizationTests
{
    private static readonly DataSet Data = DataSetRegistry.Get("digits").Prepare(new DataOptions { MaxTrain = 64 });

    public RegularizationTests() => torch.set_num_threads(1);

    [Fact]
    public void Batches_added_up_have_the_loss_and_the_gradient_of_one_large_batch()
    {
        var (one, many) = (Gradient("{}", 30), Gradient("{}", 10, 15, 5));
        Golden.AssertClose(one.Gradient, many.Gradient, 1e-5);
        Assert.Equal(one.Loss, many.Loss, 1e-5);
    }

    [Fact]
    public void Penalties_are_in_the_loss_and_its_gradient_and_both_agree()
    {
        var plain = Gradient("{}", 30);
        var penalised = Gradient("""{"l1": 0.01, "l2": 0.1}""", 30);
        var weights = plain.Weights;
        Golden.AssertClose([.. plain.Gradient.Zip(weights, (g, w) => g + 0.01 * Math.Sign(w) + 0.1 * w)], penalised.Gradient, 1e-5);
        Assert.Equal(plain.Loss + 0.01 * weights.Sum(Math.Abs) + 0.05 * weights.Sum(w => w * w), penalised.Loss, 1e-4);
        Assert.Equal(penalised.Graph, penalised.Loss, 1e-4);
    }

    [Fact]
    public void Clipping_limits_the_norm_and_every_element()
    {
        var free = Gradient("{}", 30).Gradient;
        var norm = Math.Sqrt(free.Sum(g => g * g));
        Golden.AssertClose([.. free.Select(g => g * 0.01 / norm)], Gradient("""{"clipNorm": 0.01}""", 30).Gradient, 1e-6);
        Golden.AssertClose([.. free.Select(g => Math.Clamp(g, -0.001, 0.001))], Gradient("""{"clipValue": 0.001}""", 30).Gradient, 1e-6);
        Golden.AssertClose(free, Gradient("""{"clipNorm": 1000}""", 30).Gradient, 1e-6);
    }

    [Fact]
    public void A_weight_average_lags_behind_and_gives_the_weights_back()
    {
        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(2, [], 1, "relu", "none", 0, skip: false);
        using var frozen = torch.no_grad();
        foreach (var p in network.parameters())
            p.fill_(0);
        using var average = new WeightAverage(network, 0.5);
        var expected = 0.0;
        for (var step = 1; step <= 4; step++)
        {
            foreach (var p in network.parameters())
                p.fill_(step);
            average.Update();
            var decay = Math.Min(0.5, (1.0 + step) / (10 + step));
            expected = decay * expected + (1 - decay) * step;
        }

        using (average.Use())
            Assert.Equal(expected, network.parameters().First().max().ToDouble(), 5);
        Assert.Equal(4, network.parameters().First().max().ToDouble());
    }

    [Fact]
    public void Early_stopping_ends_after_its_patience_and_brings_back_the_best_epoch()
    {
        var (outcome, measurements) = Ask.Train("mlp", """{"epochs": 300, "patience": 3, "learningRate": 0.05, "hidden": 256}""");
        var values = Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
        var best = measurements.MinBy(m => m.Values["loss"])!;
        Assert.True(measurements.Count < 300);
        Assert.Equal(best.Step + 3, measurements[^1].Step);
        Assert.Equal(best.Values["accuracy"], values["accuracy"]);

        using var scope = torch.NewDisposeScope();
        using var network = new MlpNetwork(2, [], 1, "relu", "none", 0, skip: false);
        using var stopping = new EarlyStopping(network, 2);
        using var frozen = torch.no_grad();
        foreach (var (loss, weight) in new[] { (3.0, 1.0), (1.0, 2.0), (2.0, 3.0) })
        {
            foreach (var p in network.parameters())
                p.fill_(weight);
            Assert.False(stopping.Observe(new Dictionary<string, double> { ["loss"] = loss }));
        }

        Assert.True(stopping.Observe(new Dictionary<string, double> { ["loss"] = 1.5 }));
        stopping.Restore();
        Assert.Equal(2, network.parameters().First().max().ToDouble());
    }

    [Fact]
    public void The_best_epoch_is_that_of_the_metric_asked_for_and_of_equal_ones_that_of_the_lowest_loss()
    {
        var (outcome, measurements) = Ask.Train("mlp", """{"epochs": 40, "patience": 40, "patienceMetric": "accuracy", "learningRate": 0.02}""");
        var best = measurements.MaxBy(m => (m.Values["accuracy"], -m.Values["loss"]))!;
        Assert.NotEqual(best.Step, measurements.MinBy(m => m.Values["loss"])!.Step);
        Assert.Equal((best.Values["accuracy"], best.Values["loss"]), (Completed(outcome)["accuracy"], Completed(outcome)["loss"]));
        Assert.Equal(40, measurements.Count);
        var error = Assert.Throws<InvalidSettingsException>(() => Ask.Train("mlp", """{"patience": 2, "patienceMetric": "rmse"}"""));
        Assert.Equal("/patienceMetric", error.Violations[0].Pointer);

        static IReadOnlyDictionary<string, double> Completed(TrainingOutcome outcome) => Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(3.0)]
    public void Mixup_blends_pairs_by_a_draw_from_its_beta_distribution(double alpha)
    {
        torch.manual_seed(1);
        using var scope = torch.NewDisposeScope();
        var mixup = new Mixup(alpha, 7);
        var parts = Enumerable.Range(0, 4000).Select(_ => mixup.Blend(torch.zeros([1, 1])).Part).ToArray();
        Assert.Equal(0.5, parts.Average(), 0.04); // 5 deviations at alpha 0.2
        Assert.Equal(1 / (4 * (2 * alpha + 1)), parts.Average(p => (p - 0.5) * (p - 0.5)), 0.012);
        var x = torch.tensor([1f, 2, 4, 8], 4, 1);
        var (blended, partner, part) = mixup.Blend(x);
        Assert.Equal(
            partner.data<long>().ToArray().Select((j, i) => part * Math.Pow(2, i) + (1 - part) * Math.Pow(2, j)), blended.data<float>().ToArray().Select(v => (double)v),
            (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Theory]
    [InlineData("""{"mixup": 0.4, "labelSmoothing": 0.1, "ema": 0.9, "dropout": 0.2}""")]
    [InlineData("""{"accumulation": 3, "clipNorm": 1, "l1": 1e-5, "l2": 1e-4, "batchSize": 16}""")]
    [InlineData("""{"norm": "batch", "initialization": "kaimingNormal", "schedule": "oneCycle", "learningRate": 0.01}""")]
    [InlineData("""{"norm": "layer", "skip": true, "layers": 3, "optimizer": "nadam", "schedule": "cosine", "warmupEpochs": 1}""")]
    [InlineData("""{"classWeights": "balanced", "optimizer": "nesterov", "learningRate": 0.03, "widths": "128,32"}""")]
    public void Every_technique_still_learns_the_digits(string settings)
    {
        var json = settings.Insert(settings.Length - 1, ", \"epochs\": 12");
        Assert.True(Ask.Values("mlp", json)["accuracy"] > 0.93, $"{Ask.Values("mlp", json)["accuracy"]}");
    }

    private static (double[] Gradient, double[] Weights, double Loss, double Graph) Gradient(string json, params int[] sizes)
    {
        torch.manual_seed(5);
        using var scope = torch.NewDisposeScope();
        var settings = Ask.Settings(json);
        using var network = ModelRegistry.Models.Single(m => m.Name == "mlp").Build(Data.Shape, settings);
        var goal = Goal.Of(Data, settings);
        using var batches = new Batches(Data.Train, Data.Shape, goal);
        var loss = new BatchLoss(network, goal, [.. network.parameters()], settings, new Alone());
        var start = 0;
        foreach (var size in sizes)
        {
            loss.Add(batches.From(start, size));
            start += size;
        }

        var value = loss.Backward();
        return (All(p => p.grad!), All(p => p.detach()), value, loss.Graph().ToDouble());

        double[] All(Func<TorchSharp.Modules.Parameter, torch.Tensor> of) => [.. network.parameters().SelectMany(p => of(p).contiguous().data<float>().ToArray()).Select(v => (double)v)];
    }
}
