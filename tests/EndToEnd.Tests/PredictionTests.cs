using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>From a file to predictions, by the real service and the program's own commands.</summary>
public sealed class PredictionTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-predict-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Numbers_are_predicted_in_their_own_units_and_hpo_retrain_trains_the_best_trial_again()
    {
        await using var service = await Service.StartAsync(_data, slots: 1);
        var rows = Enumerable.Range(0, 150).Select(i => $"{i % 15},{i % 4},{500 + 20 * (i % 15)}");
        using (var form = new MultipartFormDataContent { { new StringContent("prices"), "name" }, { new StringContent("price"), "target" }, { new StringContent("regression"), "goal" }, { new StringContent($"size,rooms,price\n{string.Join('\n', rows)}"), "file", "prices.csv" } })
        using (var sent = await service.Http.PostAsync("api/v1/datasets", form))
            sent.EnsureSuccessStatusCode();
        var study = await service.PostAsync("studies", new
        {
            name = "prices", budget = new { maxTrials = 1 }, parameters = new[] { new { name = "learningRate", type = "float", low = 0.01, high = 0.03 } },
            runner = new { kind = "training", model = "mlp", dataset = "prices", settings = new { epochs = 60, patience = 30, patienceMetric = "rmse", normalization = "quantile", featureEmbedding = "piecewise" } },
        });
        Assert.Equal("mse", study.GetProperty("objectives")[0].GetProperty("metric").GetString());
        await service.WaitAsync("prices", s => s.GetProperty("state").GetString() == "completed");
        Assert.False(await PredictAsync());

        using (var retrain = Service.Run("retrain", "--study", "prices", "--url", $"{service.Http.BaseAddress}", "--watch"))
        {
            var output = await retrain.StandardOutput.ReadToEndAsync();
            await retrain.WaitForExitAsync();
            Assert.Equal(0, retrain.ExitCode);
            Assert.StartsWith("study prices-retrained (id ", output, StringComparison.Ordinal);
        }

        Assert.Equal("completed", (await service.GetAsync("studies/prices-retrained")).GetProperty("state").GetString());
        Assert.True(await PredictAsync());
        using (var twice = Service.Run("retrain", "--study", "prices", "--url", $"{service.Http.BaseAddress}"))
        {
            var error = await twice.StandardError.ReadToEndAsync();
            await twice.WaitForExitAsync();
            Assert.Equal(1, twice.ExitCode);
            Assert.Contains("prices-retrained", error, StringComparison.Ordinal);
        }

        async Task<bool> PredictAsync()
        {
            var answer = await service.PostAsync("studies/prices/predict", new { rows = new[] { new { size = 3, rooms = 1 }, new { size = 12, rooms = 2 } } });
            Assert.Equal(["price"], answer.GetProperty("targets").EnumerateArray().Select(t => t.GetString()));
            var prices = answer.GetProperty("predictions").EnumerateArray().Select(p => p.GetProperty("values").GetProperty("price").GetDouble()).ToArray();
            Assert.Equal(560, prices[0], 45.0);
            Assert.Equal(740, prices[1], 45.0);
            return answer.GetProperty("retrained").GetBoolean();
        }
    }

    [Fact]
    public async Task A_study_on_a_sent_file_predicts_new_rows_and_better_known_ones_when_trained_again_on_all()
    {
        await using var service = await Service.StartAsync(_data, slots: 1);
        var rows = Enumerable.Range(0, 120).Select(i => $"{i % 10},{"ab"[i % 2]},{(i % 10 > 4 ? "high" : "low")}").ToArray();
        using (var form = new MultipartFormDataContent { { new StringContent("levels"), "name" }, { new StringContent($"n,letter,level\n{string.Join('\n', rows)}"), "file", "levels.csv" } })
        using (var sent = await service.Http.PostAsync("api/v1/datasets", form))
            sent.EnsureSuccessStatusCode();
        var study = await service.PostAsync("studies", new { name = "levels", budget = new { maxTrials = 2 }, runner = new { kind = "training", model = "mlp", dataset = "levels", settings = new { epochs = 15, patience = 5 } } });
        using (var early = await service.Http.PostAsJsonAsync("api/v1/studies/levels/predict", new { rows = new[] { new { n = 1, letter = "a" } } }))
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);
        await service.WaitAsync("levels", s => s.GetProperty("state").GetString() == "completed");

        var answer = await PredictAsync();
        Assert.Equal(("levels", false), (answer.GetProperty("study").GetString(), answer.GetProperty("retrained").GetBoolean()));
        using (var bad = await service.Http.PostAsJsonAsync("api/v1/studies/levels/predict", new { rows = new object[] { new { n = 1, letter = "a" }, new { n = 1, letter = "z" } } }))
        {
            var problem = await bad.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal((HttpStatusCode.UnprocessableEntity, "/rows/1/letter"), (bad.StatusCode, problem.GetProperty("pointer").GetString()));
        }

        var retraining = await service.PostAsync("studies/levels/retrain", new { });
        var again = await service.WaitAsync(retraining.GetProperty("name").GetString()!, s => s.GetProperty("state").GetString() == "completed");
        Assert.Equal(answer.GetProperty("trial").GetInt32() is var best ? "levels-retrained" : "", again.GetProperty("name").GetString());
        answer = await PredictAsync();
        Assert.Equal(("levels-retrained", true), (answer.GetProperty("study").GetString(), answer.GetProperty("retrained").GetBoolean()));

        var file = Path.Combine(_data, "rows.csv");
        await File.WriteAllLinesAsync(file, ["letter,n", "a,1", "b,9"]);
        using var command = Service.Run("predict", "--study", "levels", "--trial", $"{best}", "--url", $"{service.Http.BaseAddress}", file);
        var lines = (await command.StandardOutput.ReadToEndAsync()).Split('\n');
        Assert.Equal(["class,probability", "low", "high"], lines.Take(3).Select((l, i) => i == 0 ? l : l.Split(',')[0]));

        var folder = Path.Combine(_data, "trials", $"{study.GetProperty("id")}");
        Assert.True(Directory.Exists(folder));
        (await service.Http.DeleteAsync(new Uri("api/v1/studies/levels", UriKind.Relative))).EnsureSuccessStatusCode();
        Assert.False(Directory.Exists(folder));

        async Task<JsonElement> PredictAsync()
        {
            var predicted = await service.PostAsync("studies/levels/predict", new { rows = new object[] { new { n = 0, letter = "a" }, new { n = 9, letter = (string?)null } } });
            Assert.Equal(["low", "high"], predicted.GetProperty("predictions").EnumerateArray().Select(p => p.GetProperty("class").GetString()));
            return predicted;
        }
    }
}
