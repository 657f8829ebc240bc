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
        Budget budget, int maxAttempts, Runner runner)
    {
        (Name, Space, Objectives, Sampler, Pruner, Budget, MaxAttempts, Runner) =
            (name, space, objectives, sampler, pruner, budget, maxAttempts, runner);
        var violations = Violations().Concat(budget.Violations()).ToList();
        Collect(violations, () => SamplerRegistry.Create(sampler, space, objectives));
        Collect(violations, () => PrunerRegistry.Create(pruner));
        if (violations.Count > 0)
            throw new InvalidStudyException(violations);
    }

    /// <summary>Its name: unique, 1 to 200 of letters, digits, dot, underscore, hyphen, not all digits (those are ids), not <c>.</c> or <c>..</c> (which URLs drop).</summary>
    public string Name { get; }

    /// <summary>Where to search.</summary>
    public SearchSpace Space { get; }

    /// <summary>What to optimise, 1 to 8 distinct metrics.</summary>
    public IReadOnlyList<Objective> Objectives { get; }

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
        if (MaxAttempts is < 1 or > 100)
            yield return new Violation("/maxAttempts", $"1 <= maxAttempts <= 100 must hold, but got {MaxAttempts}.");
        if (!Runner.Kinds.Contains(Runner.Kind))
            yield return new Violation("/runner/kind", $"kind must be one of {string.Join(", ", Runner.Kinds)}, but got '{Runner.Kind}'.");
        if (Runner.Kind == Runner.Training && Runner.Model is null)
            yield return new Violation("/runner/model", "a training runner must name its model, but got nothing.");
        if (Runner.Kind == Runner.External && (Runner.Model ?? Runner.DataSet) is { } named)
            yield return new Violation("/runner/model", $"an external runner must name no model or data set, but got '{named}'.");
    }
}
