// Notation: d = number of parameters; u, shape [d] = a point of the unit cube; x, shape [d] = a point's features. A numeric parameter's
// feature is its unit-cube coordinate, or the cube's middle while it is inactive; a categorical one's is the index of its choice, or −1
// while it is inactive.
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What the kernel sees of a point. A condition's parent tells points with and without the child apart, so imputing an
/// inactive child keeps the kernel positive definite.</summary>
internal sealed class Features
{
    private readonly SearchSpace _space;
    private readonly int[] _parents;
    private readonly Neighbourhood? _around;

    /// <summary>Of a whole space, or with numeric coordinates relative to a neighbourhood, whose sides become 0 and 1.</summary>
    public Features(SearchSpace space, Neighbourhood? around = null)
    {
        (_space, _around) = (space, around);
        IsCategorical = [.. space.Parameters.Select(p => p is CategoricalParameter or BooleanParameter)];
        HasFewValues = [.. space.Parameters.Select(p => p.Cardinality is <= Climb.MaxChoices)];
        _parents = [.. space.Parameters.Select(p => p.When is { } when ? space.IndexOf(when.Parameter) : -1)];
    }

    /// <summary>Whether a dimension is compared by equality only, shape [d].</summary>
    public bool[] IsCategorical { get; }

    public int Dimensions => IsCategorical.Length;

    /// <summary>Which parameters have at most <see cref="Climb.MaxChoices"/> values, shape [d].</summary>
    public bool[] HasFewValues { get; }

    /// <summary>Whether all parameters have few values.</summary>
    /// <remarks>Such a table has no surroundings finer than the model of the whole, and no long smooth tails to compress: on recorded training results a local
    /// model and compressed scores both cost trials, on smooth functions both save them (docs/decisions/0003).</remarks>
    public bool IsCoarse => HasFewValues.All(f => f);

    /// <summary>x of a point's values.</summary>
    public double[] Of(ParameterValues values)
    {
        var x = new double[Dimensions];
        for (var i = 0; i < x.Length; i++)
        {
            var parameter = _space.Parameters[i];
            var active = values.TryGetValue(parameter.Name, out var value);
            x[i] = IsCategorical[i]
                ? active ? ((ChoiceParameter)parameter).IndexOf(value) : -1
                : active ? UnitCube.Encode(parameter, value) : UnitCube.Inactive;
        }

        return Relative(x);
    }

    /// <summary>X of observations.</summary>
    public Points Of(IReadOnlyList<Observation> observations) => new(IsCategorical, [.. observations.Select(o => o.X)]);

    /// <summary>x of the point that u decodes to, without decoding it.</summary>
    public double[] At(ReadOnlySpan<double> u)
    {
        var active = Active(u);
        var x = new double[Dimensions];
        for (var i = 0; i < x.Length; i++)
            x[i] = IsCategorical[i]
                ? active[i] ? Math.Min((int)(u[i] * _space.Parameters[i].Cardinality!.Value), _space.Parameters[i].Cardinality!.Value - 1) : -1
                : active[i] ? UnitCube.Snap(_space.Parameters[i], u[i]) : UnitCube.Inactive;
        return Relative(x);
    }

    /// <summary>The feature of a coordinate of an active numeric parameter.</summary>
    public double Of(int i, double coordinate) => _around is null ? coordinate : _around.Relative(i, coordinate);

    /// <summary>By how much the feature of a numeric parameter grows for each unit of its coordinate.</summary>
    public double Slope => _around is null ? 1 : 0.5 / _around.Radius;

    /// <summary>Features of the whole space made relative to the neighbourhood, in place.</summary>
    public double[] Relative(double[] x)
    {
        for (var i = 0; _around is not null && i < x.Length; i++)
            if (!IsCategorical[i])
                x[i] = _around.Relative(i, x[i]);
        return x;
    }

    /// <summary>Which parameters are active at u, shape [d].</summary>
    public bool[] Active(ReadOnlySpan<double> u)
    {
        var active = new bool[Dimensions];
        for (var i = 0; i < active.Length; i++)
        {
            var parent = _parents[i];
            active[i] = parent < 0 || (active[parent] && _space.Parameters[i].When!.Holds(UnitCube.Decode(_space.Parameters[parent], u[parent])));
        }

        return active;
    }
}
