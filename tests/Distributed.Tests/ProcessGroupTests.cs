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

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Normalized_over_all_parts_a_batch_has_the_values_and_gradients_of_its_parts_in_one_process(int which)
    {
        torch.set_num_threads(1);
        var batch = new NormalizedBatch(NormalizedBatch.Shapes[which]);
        torch.Tensor[] leaves = [.. new[] { batch.X, batch.Weight, batch.Bias }.Select(t => t.to_type(torch.float64).detach())];
        foreach (var leaf in leaves)
            leaf.requires_grad = true;
        var (x, weight, bias) = (leaves[0], leaves[1], leaves[2]);
        long[] others = [.. Enumerable.Range(0, x.shape.Length).Where(d => d != 1).Select(d => (long)d)], spread = [.. x.shape.Select((n, d) => d == 1 ? n : 1)];
        var mean = x.mean(others).reshape(spread);
        var variance = (x - mean).pow(2).mean(others).reshape(spread);
        var y = (x - mean) / (variance + 1e-5).sqrt() * weight.reshape(spread) + bias.reshape(spread);
        (y * batch.Slopes.to_type(torch.float64)).sum().backward();

        var count = x.NumberOfElements / 3.0;
        var running = torch.cat([mean.flatten() * 0.1 + 0.45, variance.flatten() * (0.1 * count / (count - 1)) + 1.8]).detach();
        for (var rank = 0; rank < 3; rank++)
        {
            var (start, n) = NormalizedBatch.Parts[rank];
            AssertClose(y.narrow(0, start, n), three.Of($"normalized {which}")[rank]);
            AssertClose(x.grad!.narrow(0, start, n) * (rank < 2 ? 1 : 0), three.Of($"normalized {which} x")[rank]);
            AssertClose(running, three.Of($"normalized {which} running")[rank]);
        }

        var weights = three.Of($"normalized {which} weight");
        AssertClose(torch.cat([weight.grad!, bias.grad!]), [.. weights[0].Zip(weights[1], (a, b) => a + b)]); // which the reducer adds up
        Assert.All(weights[2], v => Assert.Equal(0, v));
    }

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

    private static void AssertClose(torch.Tensor wanted, double[] got)
    {
        var values = wanted.detach().contiguous().flatten().data<double>().ToArray();
        Assert.Equal(values.Length, got.Length);
        Assert.All(values.Zip(got), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 5e-5 * Math.Max(1, Math.Abs(pair.First)), $"{pair.First} wanted, but got {pair.Second}"));
    }
}
