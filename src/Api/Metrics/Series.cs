namespace HpoService.Api.Metrics;

/// <summary>What was measured under one set of tags.</summary>
internal sealed class Series(string labels)
{
    /// <summary>Upper bounds of a histogram's buckets: from a tenth of a millisecond to a minute, and as counts to 1,000 and beyond.</summary>
    public static readonly double[] Bounds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];

    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private readonly Lock _writing = new();
    private double _sum;
    private long _count;

    /// <summary>Such as <c>sampler="gp",trials="10-99"</c>; may be empty.</summary>
    public string Labels { get; } = labels;

    /// <summary>A counter's step, up or down.</summary>
    public void Add(double value)
    {
        lock (_writing)
            _sum += value;
    }

    /// <summary>A gauge's present value.</summary>
    public void Set(double value)
    {
        lock (_writing)
            _sum = value;
    }

    /// <summary>One value of a histogram.</summary>
    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < Bounds.Length && value > Bounds[bucket])
            bucket++;
        lock (_writing)
        {
            _buckets[bucket]++;
            _count++;
            _sum += value;
        }
    }

    /// <summary>The sum, the number and the buckets' counts, each with those below it.</summary>
    public (double Sum, long Count, long[] UpTo) Read()
    {
        lock (_writing)
        {
            var upTo = new long[_buckets.Length];
            for (var (i, all) = (0, 0L); i < upTo.Length; i++)
                upTo[i] = all += _buckets[i];
            return (_sum, _count, upTo);
        }
    }
}
