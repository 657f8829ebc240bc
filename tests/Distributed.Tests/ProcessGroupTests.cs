using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace HpoService.Distributed.Tests;

/// <summary>Three processes that have made every call: what each of them wrote.</summary>
public sealed class ThreeProcesses : IAsyncLifetime
{
    public IReadOnlyList<Dictionary<string, string>> Said { get; private set; } = [];

    public async Task InitializeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("hpo-group-");
        var ranks = Enumerable.Range(0, 3).Select(rank => Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { "exec", typeof(ThreeProcesses).Assembly.Location, Path.Combine(folder.FullName, "meeting"), rank.ToString(CultureInfo.InvariantCulture), "3" },
            RedirectStandardOutput = true, Environment = { ["OMP_NUM_THREADS"] = "1", ["OPENBLAS_NUM_THREADS"] = "1" },
        })!).ToArray();
        try
        {
            var outputs = await Task.WhenAll(ranks.Select(r => r.StandardOutput.ReadToEndAsync())).WaitAsync(TimeSpan.FromSeconds(60));
            Said = [.. outputs.Select(o => o.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1]))];
        }
        finally
        {
            foreach (var rank in ranks)
            {
                rank.Kill();
                rank.Dispose();
            }

            folder.Delete(recursive: true);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public double[][] Of(string what) => [.. Said.Select(s => s[what].Split(' ').Select(v => double.Parse(v, CultureInfo.InvariantCulture)).ToArray())];
}

public sealed class ProcessGroupTests(ThreeProcesses three) : IClassFixture<ThreeProcesses>
{
    [Theory]
    [InlineData("allReduce 1", 6.0, 6.0)]
    [InlineData("allReduce 7", 6.0, 42.0)]
    [InlineData("allReduce 100003", 6.0, 600_018.0)]
    [InlineData("allReduce longs", 6.0, 6.0)]
    public void All_reduce_gives_everybody_the_sum(string what, double first, double last) => Assert.All(three.Of(what), v => Assert.Equal([first, last], v));

    [Fact]
    public void All_reduce_gives_everybody_the_same_bits()
    {
        var doubles = three.Of("allReduce doubles");
        Assert.All(doubles, v => Assert.Equal(doubles[0], v));
        Assert.Equal(0.6, doubles[0][0], 12);
    }

    [Fact]
    public void Broadcast_gives_everybody_what_the_root_has() => Assert.All(three.Of("broadcast"), v => Assert.Equal([11, 11, 11, 11, 11, 11], v));

    [Fact]
    public void What_is_sent_is_received_in_its_order_by_whom_it_was_sent_to()
    {
        for (var i = 0; i < 3; i++)
            Assert.Equal([200.0 + i, 0.0 + i, 100.0 + i], three.Of($"received {i}").Select(v => v[0]));
    }

    [Fact]
    public void A_sum_passes_gradients_back_to_every_process() => Assert.All(three.Of("sum"), v => Assert.Equal([6, 18], v));

    [Fact]
    public void The_reducer_averages_what_all_backwards_gave_before_it()
    {
        torch.set_num_threads(1);
        torch.manual_seed(1);
        var layers = Enumerable.Range(0, 3).Select(_ => torch.nn.Linear(4, 4)).ToArray();
        foreach (var rank in Enumerable.Range(0, 3))
            for (var part = 0; part < 2; part++)
                (layers.Aggregate(torch.full([1, 4], 0.1 * (rank + 1) * (part + 1)), (value, layer) => layer.call(value).tanh()).sum() / 3).backward();
        var expected = torch.cat([.. layers.SelectMany(l => l.parameters()).Select(p => p.grad!.flatten())]).to_type(torch.float64).data<double>().ToArray();
        foreach (var step in new[] { "reduced 0", "reduced 1" })
            Assert.All(three.Of(step), v => Assert.All(expected.Zip(v), pair => Assert.Equal(pair.First, pair.Second, 6)));
    }

    [Fact]
    public void Whoever_waits_for_one_that_is_gone_hears_of_it() =>
        Assert.All(three.Said.Take(2), said => Assert.Contains("onnection", said["lost"], StringComparison.Ordinal));
}
