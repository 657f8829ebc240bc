namespace HpoService.Training.DataSets;

/// <summary>A sample of numbers of which there may be more than memory holds: each is in it with the same probability (Vitter's algorithm R, 1985).</summary>
internal sealed class Reservoir(int most, int seed)
{
    private readonly List<float> _values = [];
    private readonly Random _random = new(seed);
    private long _seen;

    /// <summary>What it has kept.</summary>
    public float[] Values => [.. _values];

    public void Add(float value)
    {
        _seen++;
        if (_values.Count < most)
            _values.Add(value);
        else if (_random.NextInt64(_seen) is var place && place < most)
            _values[(int)place] = value;
    }
}
