namespace HpoService.Training.Tests;

/// <summary>Every model learns what it takes, by settings alone.</summary>
[Collection("torch")]
public sealed class ModelTests
{
    public ModelTests() => TorchSharp.torch.set_num_threads(1);

    [Theory]
    [InlineData("logistic", """{"epochs": 10, "learningRate": 0.01}""", 0.93)]
    [InlineData("logistic", """{"epochs": 4, "optimizer": "lbfgs", "learningRate": 1, "batchSize": 2000, "l2": 0.001}""", 0.93)]
    [InlineData("mlp", """{"epochs": 4, "optimizer": "newtoncg", "learningRate": 1, "batchSize": 540, "hidden": 8, "activation": "tanh"}""", 0.85)]
    [InlineData("rnn", """{"epochs": 8, "cell": "gru", "optimizer": "newtoncg", "learningRate": 1, "batchSize": 540, "hidden": 8}""", 0.6)]
    [InlineData("cnn", """{"epochs": 4, "learningRate": 0.005}""", 0.95)]
    [InlineData("resnet", """{"epochs": 2, "stageBlocks": 1, "width": 8, "optimizer": "adamw", "learningRate": 0.01}""", 0.85)]
    [InlineData("rnn", """{"epochs": 6, "cell": "gru", "learningRate": 0.01, "hidden": 32}""", 0.85)]
    [InlineData("transformer", """{"epochs": 8, "modelWidth": 32, "encoderLayers": 1, "learningRate": 0.005}""", 0.85)]
    public void A_model_learns_the_digits(string model, string settings, double accuracy)
    {
        var values = Ask.Values(model, settings);
        Assert.True(values["accuracy"] > accuracy, $"{values["accuracy"]}");
        Assert.True(values["testAccuracy"] > accuracy - 0.05, $"{values["testAccuracy"]}");
        Assert.All(["loss", "logLoss", "auc", "macroF1", "balancedAccuracy", "trainLoss", "trainSeconds", "parameterCount", "latencyMs"], name => Assert.True(double.IsFinite(values[name]), name));
    }

    [Theory]
    [InlineData("cnn", "")]
    [InlineData("cnn", """, "activation": "gelu", "pooling": "average", "readout": "mean", "classWeights": "balanced" """)]
    [InlineData("cnn", """, "batchNorm": false, "dropout": 0.1, "labelSmoothing": 0.1, "mixup": 0.4, "l1": 0.0001, "l2": 0.001""")]
    [InlineData("resnet", """, "stageBlocks": 1, "width": 4""")]
    [InlineData("mlp", """, "norm": "layer", "activation": "silu", "layers": 2, "hidden": 16""")]
    [InlineData("mlp", """, "norm": "batch", "skip": true, "widths": "16,16", "labelSmoothing": 0.1""")]
    [InlineData("rnn", """, "cell": "gru", "bidirectional": true, "hidden": 8""")]
    public void Newtoncg_lowers_the_loss(string model, string more) => Falls(Ask.Train(model, NewtonCg(more)).Measurements);

    [Theory]
    [InlineData("periodic", "mse")]
    [InlineData("periodic", "huber")]
    [InlineData("piecewise", "mse")]
    [InlineData("piecewise", "mae")]
    public void Newtoncg_lowers_the_loss_of_numbers_that_are_vectors(string kind, string loss)
    {
        var folder = Directory.CreateTempSubdirectory("hpo-newton").FullName;
        try
        {
            var random = new Random(3);
            var rows = Enumerable.Range(0, 300).Select(_ => (X: random.NextDouble() * 4, Z: random.Next(2)))
                .Select(r => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{r.X:G6},{"ab"[r.Z]},{Math.Sin(2 * r.X) + r.Z:G6}"));
            var file = Path.Combine(folder, "waves.csv");
            File.WriteAllLines(file, ["x,z,y", .. rows]);
            new DataSets.DataSetFolder(folder).Add("waves", null, new DataSets.Formats.DataSetSource(file));
            Falls(Ask.Train("mlp", NewtonCg($$""", "featureEmbedding": "{{kind}}", "featureWidth": 4, "featureTerms": 8, "hidden": 8, "regressionLoss": "{{loss}}" """), "waves", folder: folder).Measurements);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string NewtonCg(string more) =>
        $$"""{"epochs": 5, "optimizer": "newtoncg", "learningRate": 1, "batchSize": 200, "maxTrainSamples": 200, "cgIterations": 8{{more}}}""";

    private static void Falls(IReadOnlyList<Search.Studies.Measurement> measurements)
    {
        var losses = measurements.Select(m => m.Values["trainLoss"]).ToArray();
        Assert.Equal(5, losses.Length);
        Assert.True(losses[^1] < 0.97 * losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void Repeats_give_the_mean_and_the_deviation_over_seeds()
    {
        var (outcome, measurements) = Ask.Train("logistic", """{"epochs": 1, "repeats": 3}""");
        var values = Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
        Assert.Equal([1L, 2, 3], measurements.Select(m => m.Step));
        Assert.True(values["accuracyStd"] > 0);
        var single = Ask.Values("logistic", """{"epochs": 1}""");
        Assert.Equal(single["loss"], measurements[0].Values["loss"], 9); // the first repeat is the training without repeats
    }

    [Fact]
    public void Folds_train_one_network_each_and_give_the_mean()
    {
        var (outcome, measurements) = Ask.Train("logistic", """{"epochs": 2, "folds": 4, "learningRate": 0.02}""");
        Assert.Equal(4, measurements.Count);
        Assert.True(Assert.IsType<TrainingOutcome.Completed>(outcome).Values["accuracy"] > 0.8);
    }

    [Fact]
    public void A_model_that_does_not_take_the_data_says_so() =>
        Assert.Equal("/dataset", Assert.Throws<InvalidSettingsException>(() => Ask.Train("mlp", "{}", "no-such-data")).Violations[0].Pointer);
}
