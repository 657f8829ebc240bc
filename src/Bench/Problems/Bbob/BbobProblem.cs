using System.Text.RegularExpressions;
using HpoService.Search;
using HpoService.Search.Spaces;

namespace HpoService.Bench.Problems.Bbob;

/// <summary>A function of COCO's suite <c>bbob</c>, named <c>bbob/f01-i1-d5</c> for function 1, instance 1, five dimensions.</summary>
/// <param name="function">1 to 24.</param>
/// <param name="instance">1 to 99,999.</param>
/// <param name="d">2 to 999; COCO has 2 to 40.</param>
internal sealed partial class BbobProblem(int function, int instance, int d)
    : Formula($"{Prefix}f{function:00}-i{instance}-d{d}", Box(d), ValueOf(function, instance, d), BbobFunctions.Minimum(function, instance))
{
    public const string Prefix = "bbob/";

    /// <summary>The group <c>bbob</c>: all functions, their first instance, five dimensions.</summary>
    public static IReadOnlyList<BbobProblem> All { get; } = [.. Enumerable.Range(1, BbobFunctions.Count).Select(function => new BbobProblem(function, 1, 5))];

    /// <summary>Their smallest values are up to 1000 from 0: six digits of a value would hide most of the last improvements.</summary>
    public override double Origin => Minimum;

    /// <summary>Reads a name.</summary>
    /// <exception cref="HpoException">There is no such function.</exception>
    public static BbobProblem Parse(string name)
    {
        var match = Names().Match(name);
        return match.Success && int.Parse(match.Groups[1].Value) is >= 1 and <= BbobFunctions.Count and var function
            ? new BbobProblem(function, int.Parse(match.Groups[2].Value), int.Parse(match.Groups[3].Value))
            : throw new HpoException(
                "/tasks", $"tasks of bbob must be bbob/fF-iI-dD with F from 01 to 24, instance I from 1 to 99999, dimension D from 2 to 999, but got '{name}'.");
    }

    private static Func<ParameterValues, double> ValueOf(int function, int instance, int d)
    {
        var (excess, minimum) = (BbobFunctions.Excess(function, instance, d), BbobFunctions.Minimum(function, instance));
        return point => excess([.. Enumerable.Range(1, d).Select(i => point[$"x{i}"].Number)]) + minimum;
    }

    private static SearchSpace Box(int d) => new([.. Enumerable.Range(1, d).Select(i => new FloatParameter($"x{i}", -5, 5))]);

    [GeneratedRegex("^bbob/f([0-9]{2})-i([1-9][0-9]{0,4})-d([2-9]|[1-9][0-9]{1,2})$", RegexOptions.CultureInvariant)]
    private static partial Regex Names();
}
