namespace HpoService.Search.Spaces;

/// <summary>A parameter cut into bins: its values, when there are few enough, else equal parts of its coordinate.</summary>
public sealed class Bins
{
    /// <summary>As many as a set of them fits into the bits of one number.</summary>
    public const int Most = 64;

    private const int Fine = 1 << 14; // narrower than the narrowest of 64 cells on a log scale
    private readonly bool _isFew;

    /// <summary>Cuts a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="most">How many bins there may be, 1 to 64.</param>
    public Bins(Parameter parameter, int most = Most)
    {
        IsOrdered = parameter is not CategoricalParameter;
        _isFew = parameter.Cardinality <= most;
        if (_isFew)
        {
            var cells = Enumerable.Range(0, Fine).Select(i => UnitCube.Snap(parameter, (i + 0.5) / Fine)).CountBy(centre => centre).OrderBy(cell => cell.Key).ToList();
            Centres = [.. cells.Select(cell => cell.Key)];
            Weights = [.. cells.Select(cell => (double)cell.Value / Fine)];
        }
        else
        {
            Centres = [.. Enumerable.Range(0, most).Select(i => (i + 0.5) / most)];
            Weights = [.. Enumerable.Repeat(1.0 / most, most)];
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => Centres.Length;

    /// <summary>Their middles as coordinates, increasing, shape [bins].</summary>
    public double[] Centres { get; }

    /// <summary>The probability of each bin under a uniform coordinate, shape [bins]; they sum to 1.</summary>
    public double[] Weights { get; }

    /// <summary>Whether neighbouring bins behave alike.</summary>
    public bool IsOrdered { get; }

    /// <summary>The bin of a coordinate in [0, 1].</summary>
    public int Of(double coordinate)
    {
        if (!_isFew)
            return Math.Min((int)(coordinate * Count), Count - 1);
        var i = Array.BinarySearch(Centres, coordinate);
        if (i >= 0)
            return i;
        i = ~i;
        return i == 0 || i < Count && Centres[i] - coordinate < coordinate - Centres[i - 1] ? i : i - 1;
    }

    /// <summary>The bin in which a uniform number in [0, 1) falls.</summary>
    public int Draw(double uniform)
    {
        var i = 0;
        for (; i < Count - 1 && uniform >= Weights[i]; i++)
            uniform -= Weights[i];
        return i;
    }

    /// <summary>The probability of a set of bins.</summary>
    public double WeightOf(ulong set)
    {
        var sum = 0.0;
        for (var i = 0; i < Count; i++)
            sum += (set >> i & 1) != 0 ? Weights[i] : 0;
        return sum;
    }
}
