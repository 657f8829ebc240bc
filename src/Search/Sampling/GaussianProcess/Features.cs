// Notation: d = number of parameters; x, shape [d] = a point's features. A numeric parameter's feature is its unit-cube coordinate, or
// the cube's middle while it is inactive; a categorical one's is the index of its choice, or −1 while it is inactive.
using HpoService.Search.Spaces;

namespace HpoService.Search.Sampling.GaussianProcess;

/// <summary>What the kernel sees of a point. A condition's parent tells points with and without the child apart, so imputing an
/// inactive child keeps the kernel positive definite.</summary>
internal sealed class Features
{
    private readonly SearchSpace _space;

    public Features(SearchSpace space)
    {
        _space = space;
        IsCategorical = [.. space.Parameters.Select(p => p is CategoricalParameter or BooleanParameter)];
    }

    /// <summary>Whether a dimension is compared by equality only, shape [d].</summary>
    public bool[] IsCategorical { get; }

    public int Dimensions => IsCategorical.Length;

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

        return x;
    }
}
