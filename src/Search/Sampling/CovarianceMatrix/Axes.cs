using HpoService.Search.Numerics;
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.CovarianceMatrix;

/// <summary>Which of a space's parameters have an order, and are searched by the normal distribution, and which have none.</summary>
internal sealed class Axes
{
    private readonly SearchSpace _space;

    public Axes(SearchSpace space)
    {
        _space = space;
        var all = Enumerable.Range(0, space.Parameters.Count);
        Choices = [.. all.Where(j => space.Parameters[j] is CategoricalParameter or BooleanParameter)];
        Ordered = [.. all.Except(Choices)];
    }

    /// <summary>Positions of the parameters with an order, shape [n].</summary>
    public int[] Ordered { get; }

    /// <summary>Positions of the others.</summary>
    public int[] Choices { get; }

    /// <summary>The first σ: on recorded training results, whose values lie on grids, the wider one finds more; on functions the narrower one.</summary>
    public double Sigma => Ordered.All(j => _space.Parameters[j].Cardinality is not null) ? 0.15 : 0.1;

    /// <summary>The coordinates of the ordered parameters; NaN = inactive. Shape [n].</summary>
    public double[] Coordinates(ParameterValues point) => [.. Ordered.Select(j => Coordinate(j, point))];

    /// <summary>The choices of the others; −1 = inactive.</summary>
    public int[] Chosen(ParameterValues point) => [.. Choices.Select(j =>
        point.TryGetValue(_space.Parameters[j].Name, out var value) ? ((ChoiceParameter)_space.Parameters[j]).IndexOf(value) : -1)];

    /// <summary>A point of the cube, shape [d].</summary>
    public double[] Point(double[] ordered, IReadOnlyList<double[]> odds, RandomStream stream)
    {
        var u = new double[_space.Parameters.Count];
        for (var i = 0; i < Ordered.Length; i++)
            u[Ordered[i]] = Math.Clamp(ordered[i], 0, 1);
        for (var i = 0; i < Choices.Length; i++)
            u[Choices[i]] = (ChoiceOdds.Draw(odds[i], stream) + 0.5) / odds[i].Length;
        return u;
    }

    /// <summary>The cell of a coordinate of the i-th ordered parameter; null = it is continuous, or as good as.</summary>
    public (double Low, double High)? Cell(int i, double coordinate) =>
        _space.Parameters[Ordered[i]].Cardinality is null ? null : UnitCube.CellOf(_space.Parameters[Ordered[i]], Math.Clamp(coordinate, 0, 1));

    /// <summary>How many choices each of the others has.</summary>
    public IEnumerable<long> ChoiceCounts => Choices.Select(j => _space.Parameters[j].Cardinality!.Value);

    private double Coordinate(int j, ParameterValues point) =>
        point.TryGetValue(_space.Parameters[j].Name, out var value) ? UnitCube.Encode(_space.Parameters[j], value) : double.NaN;
}
