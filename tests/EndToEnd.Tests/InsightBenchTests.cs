using System.Globalization;

namespace HpoService.EndToEnd.Tests;

public sealed class InsightBenchTests
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_insight_benchmark_prints_the_time_of_each_request_for_each_number_of_trials(string database)
    {
        using var bench = Service.Run("bench", "insight", "--trials", "20,60", "--rounds", "2", "--database", database);
        var errors = bench.StandardError.ReadToEndAsync();
        var report = await bench.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(300));
        Assert.Equal("", await errors);
        var rows = report.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Where(row => row.Length == 9 && int.TryParse(row[1], out _)).ToList();
        Assert.Equal(["20", "60"], rows.Select(row => row[1]).Distinct());
        foreach (var call in new[] { "history", "importances", "slice", "contour", "parallel", "curves", "best" })
            Assert.Equal(2, rows.Count(row => row[2].StartsWith(call, StringComparison.Ordinal)));
        Assert.All(rows, row => Assert.All(row[3..8], figure => Assert.True(double.Parse(figure, CultureInfo.InvariantCulture) > 0, report)));
        Assert.Matches("reads all trials: 20 trials \\d+ ms.*; 60 trials \\d+ ms", report);
    }
}
