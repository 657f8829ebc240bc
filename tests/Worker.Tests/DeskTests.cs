using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Storage;
using HpoService.Worker.DataSets;
using HpoService.Worker.Predicting;
using Microsoft.Extensions.Logging.Abstractions;

namespace HpoService.Worker.Tests;

/// <summary>Processes for data sets and models that misbehave.</summary>
public sealed class DeskTests
{
    private static readonly JsonElement[] Rows = [JsonDocument.Parse("{}").RootElement];

    [Theory]
    [InlineData("""{"failed":"IOException: /data/secret"}""")]
    [InlineData("System.Exception: /data/secret")]
    [InlineData("")]
    public async Task What_a_process_says_as_it_breaks_is_for_the_log_alone(string line)
    {
        var options = Options(Children.Script($"read -r request; echo '{line}'"));
        using var predictions = new PredictionDesk(options, TimeProvider.System, NullLogger<PredictionDesk>.Instance);
        using var dataSets = new DataSetDesk(options, NullLogger<DataSetDesk>.Instance);
        var refused = await Assert.ThrowsAsync<UnavailableException>(() => predictions.PredictAsync("folder", Rows, 20, default));
        var invalid = await Assert.ThrowsAsync<InvalidDataSetException>(() => dataSets.AddAsync(new DataSetUpload("name", "path", "file"), default));
        foreach (var message in new[] { refused.Message, invalid.Message })
            Assert.DoesNotMatch("secret|Exception", message);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_said_so_however_often_it_is_asked_for()
    {
        var options = Options("/nowhere/hpo");
        using var predictions = new PredictionDesk(options, TimeProvider.System, NullLogger<PredictionDesk>.Instance);
        using var dataSets = new DataSetDesk(options, NullLogger<DataSetDesk>.Instance);
        for (var i = 0; i < 4; i++)
        {
            var refused = await Assert.ThrowsAsync<UnavailableException>(() => predictions.PredictAsync("folder", Rows, 20, default).WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.DoesNotContain("nowhere", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<UnavailableException>(() => dataSets.AddAsync(new DataSetUpload("name", "path", "file"), default).WaitAsync(TimeSpan.FromSeconds(20)));
        }
    }

    [Fact]
    public async Task A_process_that_never_answers_is_killed_and_the_next_one_is_asked()
    {
        var folder = Directory.CreateTempSubdirectory("hpo-desk-").FullName;
        var options = Options(Children.Script($"read -r request; [ -e {folder}/second ] && echo '{{\"refused\":{{\"kind\":\"rows\",\"pointer\":\"/rows/0\",\"text\":\"second\"}}}}'; touch {folder}/second; exec sleep 600"));
        using var predictions = new PredictionDesk(options, TimeProvider.System, NullLogger<PredictionDesk>.Instance);
        await Assert.ThrowsAsync<UnavailableException>(() => predictions.PredictAsync("folder", Rows, 0.3, default));
        Assert.Equal("second", (await Assert.ThrowsAsync<InvalidValuesException>(() => predictions.PredictAsync("folder", Rows, 20, default))).Message);
        Directory.Delete(folder, recursive: true);
    }

    private static DeskOptions Options(params string[] command) => new() { TrialCommand = command, DataFolder = Path.GetTempPath() };
}
