using HpoService.Search.Numerics;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Sampling.Genetic;

/// <summary>NSGA-II: each trial is a child of two of the best so far, by Pareto front and crowding.</summary>
/// <remarks>Deb, Pratap, Agarwal and Meyarivan (2002), in its steady-state form (Durillo, Nebro, Luna and Alba, On the Effect of the Steady-State Selection Scheme in
/// Multi-Objective Genetic Algorithms, 2009): the population is the best of all finished trials when a child is made, so that it follows from the history, and any
/// number of trials may run at once. Infeasible trials come after all others, those first that break outcome constraints by the least,
/// and are parents only while there are not two others.</remarks>
internal sealed class NsgaSampler : ISampler
{
    private const int Redraws = 100, ConstraintDraws = 20;
    private readonly NsgaOptions _options;
    private readonly long _seed;
    private KnownTrials? _known;

    public NsgaSampler(NsgaOptions options, long seed)
    {
        options.Validate();
        (_options, _seed) = (options, seed);
    }

    public IReadOnlyList<Suggestion> Suggest(StudyHistory history, int count, CancellationToken cancellationToken)
    {
        var known = KnownTrials.Of(history, Interlocked.Exchange(ref _known, null));
        var (cube, visited) = (new UnitCube(history.Space), known.ForkVisited());
        var parents = known.Count + count <= _options.Population ? [] : Parents(known);
        var suggestions = new List<Suggestion>();
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stream = new RandomStream(_seed, history.NextNumber + i);
            var isInitial = known.Count + i < _options.Population;
            var point = isInitial ? null : Child(cube, parents, visited, stream);
            var by = isInitial ? "nsga2:sobol" : point is null ? "nsga2:fallback" : "nsga2";
            point ??= Design.Point(cube, known.Count + i, _seed, stream, visited, cancellationToken);
            if (point is null)
                break;
            visited.Add(point);
            suggestions.Add(new Suggestion(point, by));
        }

        _known = known;
        return suggestions;
    }

    private List<ParameterValues> Parents(KnownTrials known)
    {
        var best = Ranking.Best(known.Finished, _options.Population);
        var feasible = best.Count(t => t.Scores is not null);
        return [.. best.Take(feasible >= 2 ? feasible : best.Count).Select(t => t.Trial.Parameters)];
    }

    private ParameterValues? Child(UnitCube cube, List<ParameterValues> parents, Visited visited, RandomStream stream)
    {
        for (var draw = 0; parents.Count > 0 && draw < Redraws; draw++)
        {
            var (a, b) = (Tournament(parents, stream), Tournament(parents, stream));
            if (Admissible.Point(cube, Child(cube.Space, a, b, stream), () => Child(cube.Space, a, b, stream), a, ConstraintDraws) is { } u
                && cube.Decode(u) is var point && !visited.Contains(point))
                return point;
        }

        return null;
    }

    // Of two, the better: they stand in the order of the crowded comparison.
    private static ParameterValues Tournament(List<ParameterValues> parents, RandomStream stream) =>
        parents[Math.Min(stream.NextInt(parents.Count), stream.NextInt(parents.Count))];

    private double[] Child(SearchSpace space, ParameterValues a, ParameterValues b, RandomStream stream)
    {
        var u = PointSampler.Draw(stream, space.Parameters.Count);
        var isCrossed = stream.NextDouble() < _options.CrossoverProbability;
        var mutates = _options.MutationProbability ?? 1.0 / u.Length;
        for (var j = 0; j < u.Length; j++)
        {
            var parameter = space.Parameters[j];
            var (inA, inB) = (a.TryGetValue(parameter.Name, out var va), b.TryGetValue(parameter.Name, out var vb));
            if (!inA && !inB)
                continue; // whatever branch it may belong to, neither parent knows it: random
            var (x, y) = (UnitCube.Encode(parameter, inA ? va : vb), UnitCube.Encode(parameter, inB && isCrossed ? vb : inA ? va : vb));
            var isChoice = parameter is CategoricalParameter or BooleanParameter;
            var random = u[j];
            u[j] = isChoice || stream.NextDouble() < 0.5 ? stream.NextDouble() < 0.5 ? x : y : Variation.Cross(x, y, _options.CrossoverIndex, stream);
            if (stream.NextDouble() < mutates)
                u[j] = isChoice ? random : Mutated(parameter, u[j], stream);
        }

        return u;
    }

    private double Mutated(Parameter parameter, double u, RandomStream stream)
    {
        var mutated = Variation.Mutate(u, _options.MutationIndex, stream);
        if (parameter.Cardinality is null || UnitCube.Snap(parameter, mutated) != UnitCube.Snap(parameter, u))
            return mutated;
        // A move within a cell would be none.
        var (low, high) = UnitCube.CellOf(parameter, u);
        var beyond = 1e-9 + (high - low) / 1000;
        return (mutated < u || high >= 1 - beyond) && low > beyond ? low - beyond : Math.Min(1, high + beyond);
    }
}
