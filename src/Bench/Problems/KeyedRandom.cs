namespace HpoService.Bench.Problems;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): a stream for each pair of seed and key, unrelated to the samplers' own.</summary>
internal sealed class KeyedRandom(long seed, long key)
{
    private ulong _state = Mix((ulong)seed + 0x9E3779B97F4A7C15UL) ^ Mix(Mix((ulong)key + 0xD1B54A32D192ED03UL));

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (Mix(_state += 0x9E3779B97F4A7C15UL) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0 … bound − 1.</summary>
    public int NextInt(int bound) => (int)(NextDouble() * bound);

    /// <summary>Standard normal (Box and Muller, 1958).</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
