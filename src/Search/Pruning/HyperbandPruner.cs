using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Options of <c>hyperband</c>.</summary>
public sealed record HyperbandOptions
{
    /// <summary>The step of the first rung, at least 1; default: a hundredth of the longest completed trial, at least 1, and nothing stops before one
    /// has completed.</summary>
    public long? MinResource { get; init; }

    /// <summary>The last step of a whole trial, above minResource; default: that of the longest completed one.</summary>
    public long? MaxResource { get; init; }

    /// <summary>One in so many goes on at a rung, and the next rung is so many times as far, 2 to 100.</summary>
    public int ReductionFactor { get; init; } = 4;
}

/// <summary>Successive halving in several brackets, of which the later ones judge later: for curves that may cross.</summary>
/// <remarks>Li et al., Hyperband (JMLR 18, 2018); asynchronous as in <see cref="SuccessiveHalvingPruner"/>. With B = ⌊log_η(max/min)⌋ + 1 brackets, bracket b leaves
/// out b rungs and takes a share of the trials in proportion to ⌈B·η^(B−1−b)/(B−b)⌉, as many as Hyperband starts in it. Seed and number of a
/// trial say which is its own.</remarks>
internal sealed class HyperbandPruner : IPruner
{
    private readonly HyperbandOptions _options;
    private readonly long _seed;

    public HyperbandPruner(HyperbandOptions options, long seed, string root = "/pruner")
    {
        SamplerOptions.Require(options.MinResource is null or >= 1, root, "minResource", "minResource >= 1", options.MinResource);
        SamplerOptions.Require(options.MaxResource is null || options.MaxResource > (options.MinResource ?? 1), root, "maxResource", "maxResource > minResource", options.MaxResource);
        SamplerOptions.Require(options.ReductionFactor is >= 2 and <= 100, root, "reductionFactor", "2 <= reductionFactor <= 100", options.ReductionFactor);
        // The sampler draws from the stream of the seed itself: brackets must not go with its values.
        (_options, _seed) = (options, ~seed);
    }

    public PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest)
    {
        if ((_options.MaxResource ?? SuccessiveHalvingPruner.Longest(history)) is not { } last)
            return PruneDecision.Continue;
        var first = _options.MinResource ?? SuccessiveHalvingPruner.Shortest(last)!.Value;
        var shares = Shares(first, last, _options.ReductionFactor);
        var own = Bracket(shares, trialNumber);
        return SuccessiveHalvingPruner.Decide(
            history, trialNumber, latest, first, _options.ReductionFactor, own, number => Bracket(shares, number) == own);
    }

    /// <summary>The share of the trials in each bracket; they sum to 1.</summary>
    public static double[] Shares(long first, long last, int factor)
    {
        var brackets = 1;
        for (var rung = (Int128)first * factor; rung <= last; rung *= factor)
            brackets++;
        double[] starts = [.. Enumerable.Range(0, brackets).Select(b => Math.Ceiling(brackets * Math.Pow(factor, brackets - 1 - b) / (brackets - b)))];
        return [.. starts.Select(s => s / starts.Sum())];
    }

    private int Bracket(double[] shares, int number)
    {
        var uniform = new RandomStream(_seed, number).NextDouble();
        var bracket = 0;
        for (; bracket < shares.Length - 1 && uniform >= shares[bracket]; bracket++)
            uniform -= shares[bracket];
        return bracket;
    }
}
