using System.Globalization;

namespace HpoService.EndToEnd.Tests;

public sealed class ServiceBenchTests
{
    [Theory]
    [InlineData("sqlite", "1,3", new[] { "1 study, 0 trials before", "3 studies, 0 trials before", "1 study, 50 trials before", "3 studies, 50 trials before" })]
    [InlineData("sqlite", "1", new[] { "1 study, 0 trials before", "1 study, 0 trials before, the other build", "1 study, 50 trials before", "1 study, 50 trials before, the other build" }, true)]
    [InlineData("postgres", "3", new[] { "3 studies, 0 trials before", "3 studies, 50 trials before" })]
    public async Task The_load_benchmark_prints_pairs_without_errors_for_every_scenario_and_the_floors(string database, string studies, string[] scenarios, bool against = false)
    {
        using var bench = Service.Run(["bench", "service", "--seconds", "0.6", "--rounds", "1", "--clients", "4", "--history", "0,50", "--studies", studies, "--streams", "2", "--database", database, .. against ? ["--against", Service.Program] : Array.Empty<string>()]);
        var errors = bench.StandardError.ReadToEndAsync();
        var report = await bench.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(300));
        Assert.Equal("", await errors);
        var rows = report.Split('\n').Where(line => line.Contains("trials before", StringComparison.Ordinal) && !line.Contains(';', StringComparison.Ordinal)).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        Assert.Equal(scenarios, rows.Select(row => row[1]));
        Assert.All(rows, row => Assert.True(double.Parse(row[2], CultureInfo.InvariantCulture) > 0 && row[7] == "0", report));
        Assert.Contains("echo", report, StringComparison.Ordinal);
        Assert.Contains("2 idle event streams", report, StringComparison.Ordinal);
    }
}
