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
