using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;

namespace HpoService.Search.Studies;

/// <summary>What a study is asked to do: everything that is fixed when it is created, but for the budget.</summary>
public sealed record StudyDefinition
{
    /// <summary>Validates and creates a definition.</summary>
    /// <exception cref="InvalidStudyException">Lists every violation, with pointers from the study's root.</exception>
    public StudyDefinition(
        string name, SearchSpace space, IReadOnlyList<Objective> objectives, SamplerSettings sampler, PrunerSettings pruner,
        Budget budget, int maxAttempts, Runner runner, IReadOnlyList<OutcomeConstraint>? constraints = null)
    {
        (Name, Space, Objectives, Sampler, Pruner, Budget, MaxAttempts, Runner) =
            (name, space, objectives, sampler, pruner, budget, maxAttempts, runner);
        Constraints = constraints ?? [];
        var violations = Violations().Concat(budget.Violations()).ToList();
        Collect(violations, () => SamplerRegistry.Create(sampler, space, objectives));
        Collect(violations, () => PrunerRegistry.Create(pruner, sampler.Seed));
        if (violations.Count > 0)
            throw new InvalidStudyException(violations);
    }

    /// <summary>Its name: unique, 1 to 200 of letters, digits, dot, underscore, hyphen, not all digits (those are ids), not <c>.</c> or <c>..</c> (which URLs drop).</summary>
    public string Name { get; }

    /// <summary>Where to search.</summary>
    public SearchSpace Space { get; init; }

    /// <summary>What to optimise, 1 to 8 distinct metrics.</summary>
    public IReadOnlyList<Objective> Objectives { get; }

    /// <summary>What feasible trials keep, at most 20 distinct metrics.</summary>
    public IReadOnlyList<OutcomeConstraint> Constraints { get; }

    /// <summary>Who proposes.</summary>
    public SamplerSettings Sampler { get; }

    /// <summary>Who stops early.</summary>
    public PrunerSettings Pruner { get; }

    /// <summary>When it ends.</summary>
    public Budget Budget { get; init; }

    /// <summary>How often a trial whose attempt broke is started at all, 1 to 100.</summary>
    public int MaxAttempts { get; }

    /// <summary>Who runs the trials.</summary>
    public Runner Runner { get; }

    /// <summary>Whether final values keep every outcome constraint; null without constraints.</summary>
    public bool? IsFeasible(IReadOnlyDictionary<string, double> values) =>
        Constraints.Count == 0 ? null : Constraints.All(c => values.TryGetValue(c.Metric, out var value) && c.Holds(value));

    private static void Collect(List<Violation> violations, Action create)
    {
        try
        {
            create();
        }
        catch (InvalidStudyException e)
        {
            violations.AddRange(e.Violations);
        }
    }

    private IEnumerable<Violation> Violations()
    {
        if (Name.Length is < 1 or > 200 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') || Name.All(char.IsAsciiDigit) || Name is "." or "..")
            yield return new Violation("/name", $"a name must be 1 to 200 letters, digits, '.', '_' or '-', and not only digits or dots, but got '{Name}'.");
        if (Objectives.Count is < 1 or > 8)
            yield return new Violation("/objectives", $"1 <= number of objectives <= 8 must hold, but got {Objectives.Count}.");
        if (Objectives.DistinctBy(o => o.Metric).Count() != Objectives.Count)
            yield return new Violation("/objectives", $"metrics must be distinct, but got [{string.Join(", ", Objectives.Select(o => o.Metric))}].");
        if (Constraints.Count > 20)
            yield return new Violation("/constraints", $"number of constraints <= 20 must hold, but got {Constraints.Count}.");
        if (Constraints.DistinctBy(c => c.Metric).Count() != Constraints.Count)
            yield return new Violation("/constraints", $"metrics must be distinct, but got [{string.Join(", ", Constraints.Select(c => c.Metric))}].");
        if (MaxAttempts is < 1 or > 100)
            yield return new Violation("/maxAttempts", $"1 <= maxAttempts <= 100 must hold, but got {MaxAttempts}.");
        if (!Runner.Kinds.Contains(Runner.Kind))
            yield return new Violation("/runner/kind", $"kind must be one of {string.Join(", ", Runner.Kinds)}, but got '{Runner.Kind}'.");
        if (Runner.Kind == Runner.Training && Runner.Model is null)
            yield return new Violation("/runner/model", "a training runner must name its model, but got nothing.");
        if (Runner.Kind != Runner.Training && (Runner.Model ?? Runner.DataSet) is { } named)
            yield return new Violation("/runner/model", $"a runner of kind {Runner.Kind} must name no model or data set, but got '{named}'.");
        if (Runner.Kind == Runner.CommandKind && Runner.Command is null)
            yield return new Violation("/runner/command", "a command runner must name its command, but got nothing.");
        if (Runner.Kind != Runner.CommandKind && (Runner.Command is not null || Runner.Arguments is not null))
            yield return new Violation("/runner/command", $"a runner of kind {Runner.Kind} must have no command or arguments, but got '{Runner.Command}'.");
    }
}
