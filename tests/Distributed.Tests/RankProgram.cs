using System.Globalization;
using TorchSharp;

namespace HpoService.Distributed.Tests;

/// <summary>One process of a group: makes every call once and writes what it got, a line each.</summary>
internal static class RankProgram
{
    public static int Main(string[] arguments)
    {
        var (meeting, rank, size) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture), int.Parse(arguments[2], CultureInfo.InvariantCulture));
        torch.set_num_threads(1);
        using var group = new ProcessGroup(meeting, rank, size, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
        AllReduce(group);
        Broadcast(group);
        Ring(group);
        Normalize(group);
        Reduce(group);
        Lose(group);
        return 0;
    }

    private static void AllReduce(ProcessGroup group)
    {
        foreach (var n in new[] { 1, 7, 100_003 })
        {
            var x = (torch.arange(n).to_type(torch.float32) + 1) * (group.Rank + 1.0);
            group.AllReduce(x.Handle);
            Say($"allReduce {n}", x.narrow(0, 0, 1), x.narrow(0, n - 1, 1));
        }

        var (doubles, longs) = (torch.full([2], 0.1 * (group.Rank + 1), torch.float64), torch.full([2], group.Rank + 1, torch.int64));
        group.AllReduce(doubles.Handle);
        group.AllReduce(longs.Handle);
        Say("allReduce doubles", doubles);
        Say("allReduce longs", longs.to_type(torch.float64));
    }

    private static void Broadcast(ProcessGroup group)
    {
        var weight = torch.full([3, 2], group.Rank + 10);
        weight.requires_grad = true; // a parameter that is about to be trained
        group.Broadcast(weight.Handle, 1);
        Say("broadcast", weight.detach());
    }

    // All send to the next before any receives: a send does not wait for it.
    private static void Ring(ProcessGroup group)
    {
        var (next, last) = ((group.Rank + 1) % group.Size, (group.Rank + group.Size - 1) % group.Size);
        var sent = Enumerable.Range(0, 3).Select(i => group.Send(torch.full([4, 2], 100 * group.Rank + i).transpose(0, 1).Handle, next, 5)).ToArray();
        var got = torch.zeros([2, 4]);
        for (var i = 0; i < sent.Length; i++)
        {
            group.Receive(got.Handle, last, 5);
            Say($"received {i}", got.select(0, 0).narrow(0, 0, 1));
        }

        foreach (var sending in sent)
            sending.Wait();
    }

    // Parts of different sizes of one batch; the last process has one that does not count, as where a batch has fewer samples than there are processes.
    private static void Normalize(ProcessGroup group)
    {
        foreach (var (i, shape) in NormalizedBatch.Shapes.Index())
        {
            var batch = new NormalizedBatch(shape);
            var (start, count) = NormalizedBatch.Parts[group.Rank];
            var x = batch.X.narrow(0, start, count).contiguous();
            var slopes = batch.Slopes.narrow(0, start, count);
            var (weight, bias, mean, variance) = (batch.Weight, batch.Bias, torch.full([3], 0.5), torch.full([3], 2));
            foreach (var leaf in new[] { x, weight, bias })
                leaf.requires_grad = true;
            var y = torch.Tensor.UnsafeCreateTensor(group.Normalize(x.Handle, weight.Handle, bias.Handle, mean.Handle, variance.Handle, group.Rank < 2, 0.1, 1e-5));
            (y * slopes * (group.Rank < 2 ? 1.0 : 0)).sum().backward();
            Say($"normalized {i}", y.detach());
            Say($"normalized {i} running", mean, variance);
            Say($"normalized {i} x", x.grad!);
            Say($"normalized {i} weight", weight.grad!, bias.grad!);
        }
    }

    // Three layers in buckets of a weight each; two backwards before the gradients are averaged, twice.
    private static void Reduce(ProcessGroup group)
    {
        torch.manual_seed(1);
        var layers = Enumerable.Range(0, 3).Select(_ => torch.nn.Linear(4, 4)).ToArray();
        var parameters = layers.SelectMany(l => l.parameters()).ToArray();
        using var reducer = group.Reduce(parameters.Select(p => p.Handle), 1e-5);
        for (var step = 0; step < 2; step++)
        {
            foreach (var p in parameters)
                p.grad = null;
            for (var part = 0; part < 2; part++)
            {
                var x = torch.full([1, 4], 0.1 * (group.Rank + 1) * (part + 1));
                if (part == 1)
                    reducer.Arm();
                layers.Aggregate(x, (value, layer) => layer.call(value).tanh()).sum().backward();
            }

            Say($"reduced {step}", torch.cat([.. parameters.Select(p => p.grad!.flatten())]));
        }
    }

    // The last one goes without a word.
    private static void Lose(ProcessGroup group)
    {
        if (group.Rank == group.Size - 1)
            Environment.Exit(0);
        var x = torch.zeros([1]);
        var error = "none";
        try
        {
            group.AllReduce(x.Handle);
        }
        catch (ProcessGroupException e)
        {
            error = e.Message;
        }

        Console.WriteLine($"lost: {error}");
        Environment.Exit(0);
    }

    private static void Say(string what, params torch.Tensor[] values) => Console.WriteLine(
        $"{what}: {string.Join(' ', values.SelectMany(v => v.to_type(torch.float64).contiguous().flatten().data<double>().ToArray()).Select(v => v.ToString("R", CultureInfo.InvariantCulture)))}");
}
