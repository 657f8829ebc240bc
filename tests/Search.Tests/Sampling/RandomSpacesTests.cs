using HpoService.Search.Numerics;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Search.Tests.Sampling;

/// <summary>Spaces and histories by chance: every promise of a sampler in places that nobody thought of. The seeds are fixed.</summary>
public sealed class RandomSpacesTests
{
    private static readonly Objective[] Two = [new("loss", Direction.Minimize), new("size", Direction.Maximize)];

    public static TheoryData<string> Kinds => ["gp", "tpe", "cmaes", "nsga2"];

    [Theory, MemberData(nameof(Kinds))]
    public void Suggestions_are_complete_points_of_the_space_and_new(string kind)
    {
        for (var seed = 0; seed < (kind == "gp" ? 10 : 30); seed++)
        {
            var stream = new RandomStream(seed, 77);
            var space = Space(stream);
            IReadOnlyList<Objective> objectives = kind == "cmaes" || seed % 2 == 0 ? Two[..1] : Two;
            var history = new StudyHistory(space, objectives, []);
            var sampler = SamplerRegistry.Create(new(kind, seed), space, objectives);
            var seen = new HashSet<ParameterValues>();
            while (history.Trials.Count < 60)
            {
                var asked = 1 + stream.NextInt(4);
                var suggestions = sampler.Suggest(history, asked, CancellationToken.None);
                Assert.Equal(SamplerRegistry.Create(new(kind, seed), space, objectives).Suggest(history, asked, CancellationToken.None), suggestions);
                foreach (var suggestion in suggestions)
                {
                    Assert.Empty(space.Violations(suggestion.Parameters));
                    Assert.True(seen.Add(suggestion.Parameters), $"{kind}, seed {seed}: {suggestion.Parameters} twice.");
                    history = history with { Trials = [.. history.Trials, Trial(history, suggestion.Parameters, stream)] };
                }

                if (suggestions.Count < asked)
                {
                    Assert.True(seen.Count >= Size(space), $"{kind}, seed {seed}: {seen.Count} of {Size(space)}");
                    break;
                }
            }
        }
    }

    private static double Size(SearchSpace space) => double.IsFinite(Enumeration.Bound(space)) ? Enumeration.MoreThan(space, int.MaxValue).Count() : double.PositiveInfinity;

    private static TrialSnapshot Trial(StudyHistory history, ParameterValues point, RandomStream stream)
    {
        var state = stream.NextInt(8) switch { 0 => TrialState.Running, 1 => TrialState.Infeasible, 2 => TrialState.Pruned, _ => TrialState.Completed };
        double Value() => stream.NextInt(12) switch { 0 => 1e300, 1 => double.NaN, 2 => 0, _ => stream.NextNormal() };
        var values = state is TrialState.Completed or TrialState.Pruned ? history.Objectives.ToDictionary(o => o.Metric, _ => Value()) : [];
        return new TrialSnapshot(history.NextNumber, state, point, values, state == TrialState.Pruned ? [new Measurement(stream.NextInt(9), values)] : []);
    }

    private static SearchSpace Space(RandomStream stream)
    {
        var parameters = new List<Parameter>();
        var count = 1 + stream.NextInt(6);
        for (var i = 0; i < count; i++)
        {
            var parent = parameters.OfType<ChoiceParameter>().LastOrDefault();
            var when = parent is not null && stream.NextInt(3) == 0 ? new Condition(parent.Name, [parent.Choices[stream.NextInt(parent.Choices.Count)]]) : null;
            parameters.Add(stream.NextInt(7) switch
            {
                0 => new FloatParameter($"p{i}", 1e-6, 1e3, Scale.Log, when: when),
                1 => new FloatParameter($"p{i}", -2, 2, step: 0.25, when: when),
                2 => new IntParameter($"p{i}", 1, 1 + (1L << (1 + stream.NextInt(40))), Scale.Log, when: when),
                3 => new IntParameter($"p{i}", -5, 5, when: when),
                4 => new OrdinalParameter($"p{i}", ["s", "m", "l"], when),
                5 => new BooleanParameter($"p{i}", when),
                _ => new CategoricalParameter($"p{i}", ["a", "b", "c", 4], when),
            });
        }

        var numbers = parameters.Where(p => p is FloatParameter or IntParameter).Select(p => p.Name).ToList();
        return numbers.Count >= 2 && stream.NextInt(3) == 0 ? new SearchSpace(parameters).Constrained([$"{numbers[0]} + {numbers[1]} >= 0.5"]) : new SearchSpace(parameters);
    }
}
