using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Importance;

/// <summary>A regression tree over binned parameters: each split sends a set of one parameter's bins to the left.</summary>
/// <remarks>Splits maximise the decrease of the squared error (Breiman et al. 1984). Of k unordered bins, the best of the 2^k sets is among the k
/// of those ordered by their mean value (Fisher, JASA 53, 1958).</remarks>
internal sealed class RegressionTree
{
    private const int MinLeaf = 2, AllFeaturesUpTo = 10;
    private readonly Bins[] _bins;
    private readonly List<Node> _nodes = [];

    /// <summary>Grows a tree on some points.</summary>
    /// <param name="bins">The parameters, shape [d].</param>
    /// <param name="points">The bins of each point, shape [n][d].</param>
    /// <param name="values">The value of each point, shape [n].</param>
    /// <param name="random">For the parameters that a split chooses among: all of up to 10, else a third of them, at least 10.</param>
    public RegressionTree(Bins[] bins, byte[][] points, double[] values, RandomStream random)
    {
        _bins = bins;
        var growth = new Growth(points, values, [.. Enumerable.Range(0, points.Length)], random, [.. Enumerable.Range(0, bins.Length)]);
        Grow(growth, 0, points.Length);
    }

    /// <summary>The value at a point of bins, shape [d].</summary>
    public double Predict(ReadOnlySpan<byte> point)
    {
        var node = _nodes[0];
        while (node.Feature >= 0)
            node = _nodes[(node.LeftSet >> point[node.Feature] & 1) != 0 ? node.Left : node.Right];
        return node.Value;
    }

    /// <summary>Adds, for each parameter and bin, the tree's mean over all other parameters, shape [d][bins].</summary>
    public void AddMarginals(double[][] marginals)
    {
        var sets = _bins.Select(b => b.Count == Bins.Most ? ulong.MaxValue : (1UL << b.Count) - 1).ToArray();
        var visit = new Visit(marginals, sets, [.. _bins.Select(_ => 1.0)], [], new double[_bins.Length]);
        var mean = Marginalise(visit, 0, 1);
        for (var j = 0; j < _bins.Length; j++)
            for (var b = 0; b < marginals[j].Length; b++)
                marginals[j][b] += mean - visit.Covered[j];
    }

    // A leaf's box has the probability of all its sides' product; without the one side of j, that is how much it adds to each bin of j in it.
    private double Marginalise(Visit visit, int at, double probability)
    {
        var node = _nodes[at];
        if (node.Feature < 0)
        {
            foreach (var j in visit.Split)
            {
                visit.Covered[j] += node.Value * probability;
                var share = node.Value * probability / visit.Weights[j];
                for (var set = visit.Sets[j]; set != 0; set &= set - 1)
                    visit.Marginals[j][System.Numerics.BitOperations.TrailingZeroCount(set)] += share;
            }

            return node.Value * probability;
        }

        var (set0, weight0) = (visit.Sets[node.Feature], visit.Weights[node.Feature]);
        var isNew = visit.Split.Add(node.Feature);
        var sum = 0.0;
        foreach (var (child, set) in new[] { (node.Left, set0 & node.LeftSet), (node.Right, set0 & ~node.LeftSet) })
        {
            var weight = _bins[node.Feature].WeightOf(set);
            (visit.Sets[node.Feature], visit.Weights[node.Feature]) = (set, weight);
            sum += Marginalise(visit, child, probability * weight / weight0);
        }

        (visit.Sets[node.Feature], visit.Weights[node.Feature]) = (set0, weight0);
        if (isNew)
            visit.Split.Remove(node.Feature);
        return sum;
    }

    private int Grow(Growth growth, int start, int end)
    {
        var at = _nodes.Count;
        var mean = 0.0;
        for (var i = start; i < end; i++)
            mean += growth.Values[growth.Order[i]];
        mean /= end - start;
        _nodes.Add(new Node(-1, 0, 0, 0, mean));
        if (end - start < 2 * MinLeaf || BestSplit(growth, start, end, mean) is not (var feature and >= 0, var leftSet))
            return at;
        var middle = start;
        for (var i = start; i < end; i++)
            if ((leftSet >> growth.Points[growth.Order[i]][feature] & 1) != 0)
                (growth.Order[middle], growth.Order[i], middle) = (growth.Order[i], growth.Order[middle], middle + 1);
        var left = Grow(growth, start, middle);
        var right = Grow(growth, middle, end);
        _nodes[at] = new Node(feature, leftSet, left, right, mean);
        return at;
    }

    private (int Feature, ulong LeftSet) BestSplit(Growth growth, int start, int end, double mean)
    {
        var best = (Feature: -1, LeftSet: 0UL, Gain: 1e-12);
        Span<double> sums = stackalloc double[Bins.Most];
        Span<int> counts = stackalloc int[Bins.Most];
        foreach (var feature in growth.Candidates(AllFeaturesUpTo))
        {
            sums.Clear();
            counts.Clear();
            foreach (var i in growth.Order.AsSpan(start, end - start))
            {
                var bin = growth.Points[i][feature];
                sums[bin] += growth.Values[i] - mean;
                counts[bin]++;
            }

            if (Split(_bins[feature], sums, counts, end - start) is var (set, gain) && gain > best.Gain)
                best = (feature, set, gain);
        }

        return (best.Feature, best.LeftSet);
    }

    // Values are centred on the node's mean: a split's gain is then the sum over both sides of (sum of values)² / count.
    private static (ulong Set, double Gain) Split(Bins bins, ReadOnlySpan<double> sums, ReadOnlySpan<int> counts, int total)
    {
        Span<int> order = stackalloc int[Bins.Most];
        Span<double> keys = stackalloc double[Bins.Most];
        var used = 0;
        for (var b = 0; b < bins.Count; b++)
            if (counts[b] > 0)
                (order[used], keys[used], used) = (b, bins.IsOrdered ? b : sums[b] / counts[b], used + 1);
        keys[..used].Sort(order[..used]);
        var (best, bestGain, sum, count, seen) = (0UL, 0.0, 0.0, 0, 0UL);
        for (var k = 0; k < used - 1; k++)
        {
            sum += sums[order[k]];
            count += counts[order[k]];
            seen |= 1UL << order[k];
            var gain = sum * sum * (1.0 / count + 1.0 / (total - count));
            if (count < MinLeaf || total - count < MinLeaf || gain <= bestGain)
                continue;
            // Bins without a point: those of an order up to the middle of the gap, of the others none.
            best = bins.IsOrdered ? (2UL << ((order[k] + order[k + 1]) / 2)) - 1 : seen;
            bestGain = gain;
        }

        return (best, bestGain);
    }

    /// <summary>A leaf has feature −1.</summary>
    private readonly record struct Node(int Feature, ulong LeftSet, int Left, int Right, double Value);

    /// <summary>The box of the node visited: for each parameter its bins and their weight; which were split on; how much of the mean is in them.</summary>
    private sealed record Visit(double[][] Marginals, ulong[] Sets, double[] Weights, HashSet<int> Split, double[] Covered);

    private sealed record Growth(byte[][] Points, double[] Values, int[] Order, RandomStream Random, int[] Features)
    {
        public ReadOnlySpan<int> Candidates(int all)
        {
            if (Features.Length <= all)
                return Features;
            var count = Math.Max(all, Features.Length / 3);
            for (var i = 0; i < count; i++)
            {
                var j = i + Random.NextInt(Features.Length - i);
                (Features[i], Features[j]) = (Features[j], Features[i]);
            }

            return Features.AsSpan(0, count);
        }
    }
}
