using HpoService.Search.Numerics;

namespace HpoService.Search.Sampling.Sobol;

/// <summary>A Sobol sequence in up to 64 dimensions, scrambled by a random linear matrix and a digital shift.</summary>
/// <remarks>Sobol, USSR Comput. Math. 7 (1967); scrambling: Matousek, J. Complexity 14 (1998), section 3. Any 2^k consecutive points
/// from the start are stratified in every dimension. 32 bits: up to 2^32 points.</remarks>
internal sealed class SobolSequence
{
    public const int MaxDimensions = 64;
    private const int Bits = 32;
    private readonly uint[][] _directions;
    private readonly uint[] _shift;

    /// <summary>Creates the sequence.</summary>
    /// <param name="dimensions">1 to 64.</param>
    /// <param name="seed">Of the scrambling; null = none.</param>
    public SobolSequence(int dimensions, long? seed)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, MaxDimensions);
        _shift = new uint[dimensions];
        _directions = new uint[dimensions][];
        for (var i = 0; i < dimensions; i++)
        {
            _directions[i] = Directions(i);
            if (seed is { } s)
                Scramble(i, new RandomStream(s, -1 - i));
        }
    }

    /// <summary>The point at a position from 0, in [0, 1)^d.</summary>
    public double[] At(uint index)
    {
        var gray = index ^ (index >> 1);
        var point = new double[_directions.Length];
        for (var i = 0; i < point.Length; i++)
        {
            var x = _shift[i];
            for (var bit = 0; gray >> bit != 0 && bit < Bits; bit++)
                if ((gray >> bit & 1) != 0)
                    x ^= _directions[i][bit];
            point[i] = x * (1.0 / 4294967296.0);
        }

        return point;
    }

    private static uint[] Directions(int dimension)
    {
        var v = new uint[Bits];
        if (dimension == 0)
        {
            for (var k = 0; k < Bits; k++)
                v[k] = 1u << (Bits - 1 - k);
            return v;
        }

        var row = DirectionNumbers.Table[dimension - 1];
        var (polynomial, degree) = (row[0], row.Length - 1);
        for (var k = 0; k < Bits; k++)
        {
            if (k < degree)
            {
                v[k] = row[k + 1] << (Bits - 1 - k);
                continue;
            }

            v[k] = v[k - degree] ^ (v[k - degree] >> degree);
            for (var j = 1; j < degree; j++)
                if ((polynomial >> (degree - j) & 1) != 0)
                    v[k] ^= v[k - j];
        }

        return v;
    }

    // Each output bit becomes itself plus a random combination of the more significant ones.
    private void Scramble(int dimension, RandomStream stream)
    {
        var rows = new uint[Bits];
        for (var row = 0; row < Bits; row++)
        {
            var above = row == 0 ? 0 : (uint)(stream.NextBits() >> 32) & ~(uint.MaxValue >> row);
            rows[row] = above | 1u << (Bits - 1 - row);
        }

        for (var k = 0; k < Bits; k++)
        {
            var scrambled = 0u;
            for (var row = 0; row < Bits; row++)
                scrambled |= (uint)(System.Numerics.BitOperations.PopCount(rows[row] & _directions[dimension][k]) & 1) << (Bits - 1 - row);
            _directions[dimension][k] = scrambled;
        }

        _shift[dimension] = (uint)(stream.NextBits() >> 32);
    }
}
