using HpoService.Search.Spaces;

namespace HpoService.Bench.Problems;

/// <summary>The group <c>mixed</c>: 8 categoricals of 2 to 5 choices, 4 ints and 4 floats. The minimum is 0.</summary>
/// <remarks>With g_j the right choice of categorical c_j, w_j = 1, 1.5, 1, 0.5, … its weight and r(c_j) ∈ (0, 1] how wrong another choice is:
/// f = Σ_j w_j r(c_j) + Σ_k 4 (u_k − o_k)² + 2 (v_k − o_k')², where u and v are floats and ints on [0, 1]. <c>mixed16</c> has fixed optima o.
/// In <c>mixed16_coupled</c> the optimum of each number depends on one categorical, and a wrong choice costs 0.3 more
/// where the next categorical is right.</remarks>
internal static class MixedProblems
{
    private static readonly int[] Choices = [2, 3, 4, 5, 2, 3, 4, 5];
    private static readonly int[] Right = [1, 2, 0, 3, 0, 1, 2, 4];
    private static readonly double[] Weights = [1, 1.5, 1, 0.5, 2, 1, 0.5, 1];

    public static SearchSpace Space { get; } = new(
    [
        .. Choices.Select((n, j) => new CategoricalParameter($"c{j + 1}", [.. Enumerable.Range(0, n).Select(i => (ParameterValue)$"v{i}")])),
        new IntParameter("n1", 1, 8), new IntParameter("n2", 0, 100), new IntParameter("n3", 1, 1024, Scale.Log), new IntParameter("n4", -10, 10),
        new FloatParameter("x1", 0, 1), new FloatParameter("x2", -5, 5), new FloatParameter("x3", 1e-5, 1, Scale.Log), new FloatParameter("x4", 0, 100),
    ]);

    public static IReadOnlyList<Problem> All { get; } =
        [new Formula("mixed16", Space, point => Value(point, isCoupled: false), 0), new Formula("mixed16_coupled", Space, point => Value(point, isCoupled: true), 0)];

    /// <summary>The point where both are 0.</summary>
    public static ParameterValues Minimiser { get; } = new UnitCube(Space).Decode(
        [.. Right.Select((r, j) => (r + 0.5) / Choices[j]), .. Enumerable.Range(0, 8).Select(k => Optimum(k, 0))]);

    private static double Value(ParameterValues point, bool isCoupled)
    {
        int[] wrong = [.. Choices.Select((n, j) => (((ChoiceParameter)Space.Parameters[j]).IndexOf(point[$"c{j + 1}"]) - Right[j] + n) % n)];
        var sum = 0.0;
        for (var j = 0; j < wrong.Length; j++)
            sum += Weights[j] * wrong[j] / Choices[j] + (isCoupled && wrong[j] != 0 && wrong[(j + 1) % 8] == 0 ? 0.3 : 0);
        for (var k = 0; k < 8; k++)
        {
            // An int's optimum is where its cell's middle is, so that 0 is reached.
            var parameter = Space.Parameters[8 + k];
            var optimum = UnitCube.Snap(parameter, Optimum(k, isCoupled ? wrong[k] : 0));
            var distance = UnitCube.Encode(parameter, point[parameter.Name]) - optimum;
            sum += (k < 4 ? 2 : 4) * distance * distance;
        }

        return sum;
    }

    private static double Optimum(int k, int wrong) => (0.23 + 0.61803398875 * (k + 1) + 0.37 * wrong) % 1;
}
