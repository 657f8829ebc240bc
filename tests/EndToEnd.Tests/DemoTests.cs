using System.Globalization;
using System.Text.RegularExpressions;

namespace HpoService.EndToEnd.Tests;

public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_tunes_the_digits_to_97_percent_and_exits_with_0()
    {
        using var demo = Service.Run("demo");
        var errors = demo.StandardError.ReadToEndAsync();
        var output = await demo.StandardOutput.ReadToEndAsync();
        await demo.WaitForExitAsync();

        Assert.True(demo.ExitCode == 0, output + await errors);
        var accuracy = double.Parse(Accuracy().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.True(accuracy >= 0.97, output);
        Assert.Contains("test accuracy", output, StringComparison.Ordinal);
        Assert.Contains("Best of 30 trials", output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"validation accuracy ([\d.]+)")]
    private static partial Regex Accuracy();
}

public sealed class ServeTests
{
    [Fact]
    public async Task It_writes_to_its_data_folder_alone_and_says_first_where_it_listens()
    {
        var (home, data) = (Directory.CreateTempSubdirectory("hpo-home-").FullName, Directory.CreateTempSubdirectory("hpo-serve-").FullName);
        await using (await Service.StartAsync(data, slots: 0, environment: new Dictionary<string, string> { ["HOME"] = home }))
            Assert.Empty(Directory.EnumerateFileSystemEntries(home));
        Directory.Delete(home, recursive: true);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Without_keys_it_does_not_listen_where_others_can_reach_it()
    {
        var data = Directory.CreateTempSubdirectory("hpo-serve-").FullName;
        using var serve = Service.Run("serve", "--urls", "http://0.0.0.0:0", "--data", data);
        await serve.WaitForExitAsync();
        Assert.Equal(1, serve.ExitCode);
        Assert.Contains("but got http://0.0.0.0:0", await serve.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task While_it_waits_for_a_database_server_it_says_so()
    {
        var data = Directory.CreateTempSubdirectory("hpo-serve-").FullName;
        using var serve = Service.Run("serve", "--urls", "http://127.0.0.1:0", "--data", data, "--database", "Host=127.0.0.1;Port=1"); // where nobody listens
        var line = await serve.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        serve.Kill();
        await serve.WaitForExitAsync();
        Assert.StartsWith("waiting up to 30 s for the database: ", line, StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }
}
