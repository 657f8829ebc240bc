using System.Globalization;

namespace HpoService.EndToEnd.Tests;

public sealed class ServiceBenchTests
{
    [Fact]
    public async Task The_load_benchmark_prints_pairs_without_errors_for_every_scenario_and_the_floors()
    {
        using var bench = Service.Run("bench", "service", "--seconds", "0.6", "--rounds", "1", "--clients", "4", "--history", "0,50", "--studies", "1,3", "--streams", "2");
        var errors = bench.StandardError.ReadToEndAsync();
        var report = await bench.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(120));
        Assert.Equal("", await errors);
        var rows = report.Split('\n').Where(line => line.Contains("trials before |", StringComparison.Ordinal) && !line.Contains(';', StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(["1 study, 0 trials before", "3 studies, 0 trials before", "1 study, 50 trials before", "3 studies, 50 trials before"], rows.Select(row => row[1]));
        Assert.All(rows, row => Assert.True(double.Parse(row[2], CultureInfo.InvariantCulture) > 0 && row[7] == "0", report));
        Assert.Contains("echo", report, StringComparison.Ordinal);
        Assert.Contains("2 idle event streams", report, StringComparison.Ordinal);
    }
}
