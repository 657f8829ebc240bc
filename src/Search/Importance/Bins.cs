using HpoService.Search.Spaces;

namespace HpoService.Search.Importance;

/// <summary>A parameter cut into at most 64 bins, so that a set of them is the bits of one number: its values, when there are so few, else
/// equal parts of its coordinate.</summary>
internal sealed class Bins
{
    /// <summary>The most there can be.</summary>
    public const int Most = 64;

    private const int Fine = 1 << 14; // narrower than the narrowest of 64 cells on a log scale
    private readonly double[]? _centres;

    public Bins(Parameter parameter)
    {
        IsOrdered = parameter is not CategoricalParameter;
        if (parameter.Cardinality is not <= Most)
        {
            Weights = [.. Enumerable.Repeat(1.0 / Most, Most)];
            return;
        }

        var cells = Enumerable.Range(0, Fine).Select(i => UnitCube.Snap(parameter, (i + 0.5) / Fine)).CountBy(centre => centre).OrderBy(cell => cell.Key).ToList();
        _centres = [.. cells.Select(cell => cell.Key)];
        Weights = [.. cells.Select(cell => (double)cell.Value / Fine)];
    }

    /// <summary>The probability of each bin under a uniform coordinate, shape [bins]; they sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>Whether neighbouring bins behave alike.</summary>
    public bool IsOrdered { get; }

    /// <summary>The bin of a coordinate in [0, 1].</summary>
    public int Of(double coordinate)
    {
        if (_centres is null)
            return Math.Min((int)(coordinate * Most), Most - 1);
        var i = Array.BinarySearch(_centres, coordinate);
        if (i >= 0)
            return i;
        i = ~i;
        return i == 0 || i < _centres.Length && _centres[i] - coordinate < coordinate - _centres[i - 1] ? i : i - 1;
    }

    /// <summary>The bin in which a uniform number in [0, 1) falls.</summary>
    public int Draw(double uniform)
    {
        var i = 0;
        for (; i < Weights.Length - 1 && uniform >= Weights[i]; i++)
            uniform -= Weights[i];
        return i;
    }

    /// <summary>The probability of a set of bins.</summary>
    public double WeightOf(ulong set)
    {
        var sum = 0.0;
        for (var i = 0; i < Weights.Length; i++)
            sum += (set >> i & 1) != 0 ? Weights[i] : 0;
        return sum;
    }
}
