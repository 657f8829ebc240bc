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
        Sum(group);
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

    // Every process' loss is (Σ x)²/2, and x = rank + 1: the derivative of all losses together to its own x is size·Σ x.
    private static void Sum(ProcessGroup group)
    {
        var x = torch.full([1], group.Rank + 1);
        x.requires_grad = true;
        var sum = torch.Tensor.UnsafeCreateTensor(group.Sum((x * 1).Handle));
        (sum * sum / 2).sum().backward();
        Say("sum", sum.detach(), x.grad!);
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
