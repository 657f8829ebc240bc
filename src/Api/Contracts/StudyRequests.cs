using System.ComponentModel;
using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Api.Contracts;

/// <summary>A metric to optimise.</summary>
public sealed record ObjectiveContract(string Metric, Direction Direction = Direction.Minimize, double? Target = null);

/// <summary>Who proposes.</summary>
public sealed record SamplerContract(string Kind = "auto", long? Seed = null, JsonElement? Options = null);

/// <summary>Who stops early.</summary>
public sealed record PrunerContract(string Kind = "none", JsonElement? Options = null);

/// <summary>Who runs the trials: clients (external), or the workers, with a model (training) or a registered command (command).</summary>
public sealed record RunnerContract(
    string Kind = Runner.External, string? Model = null, string? Dataset = null, JsonElement? Settings = null, string? Command = null,
    ParameterValues? Arguments = null)
{
    internal Runner ToRunner() => new(Kind, Model, Dataset, Settings, Command, Arguments);

    internal static RunnerContract Of(Runner r) => new(r.Kind, r.Model, r.DataSet, r.Settings, r.Command, r.Arguments);
}

/// <summary>A bound on a metric: a trial that breaks it is completed, but not feasible, and never the best.</summary>
public sealed record ConstraintContract(string Metric, double? LowerBound = null, double? UpperBound = null);

/// <summary>When a study ends, and how much of it runs at once. Left out = no bound, but 100 trials at once.</summary>
public sealed record BudgetContract(
    int? MaxTrials = null, int? MaxParallelTrials = null, double? MaxSeconds = null, double? MaxTrialSeconds = null,
    int? MaxTrialsWithoutImprovement = null)
{
    internal Budget Over(Budget budget) => budget with
    {
        MaxTrials = MaxTrials ?? budget.MaxTrials,
        MaxParallelTrials = MaxParallelTrials ?? budget.MaxParallelTrials,
        MaxSeconds = MaxSeconds ?? budget.MaxSeconds,
        MaxTrialSeconds = MaxTrialSeconds ?? budget.MaxTrialSeconds,
        MaxTrialsWithoutImprovement = MaxTrialsWithoutImprovement ?? budget.MaxTrialsWithoutImprovement,
    };

    internal static BudgetContract Of(Budget b) => new(b.MaxTrials, b.MaxParallelTrials, b.MaxSeconds, b.MaxTrialSeconds, b.MaxTrialsWithoutImprovement);
}

/// <summary>A study to create. Everything but the name and the parameters has a default.</summary>
public sealed record CreateStudyRequest
{
    /// <summary>Unique; letters, digits, '.', '_' and '-', not only digits.</summary>
    public required string Name { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Free key-value pairs.</summary>
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>What to optimise; default: minimise the metric <c>value</c>.</summary>
    public List<ObjectiveContract>? Objectives { get; init; }

    /// <summary>Bounds that feasible trials keep; trials then report these metrics, too.</summary>
    public List<ConstraintContract>? Constraints { get; init; }

    /// <summary>Rules between parameters that every trial keeps, such as <c>hidden1 >= hidden2</c>, <c>width % heads == 0</c> or <c>optimizer != 'sgd' or momentum >= 0.5</c>.</summary>
    public List<string>? ParameterConstraints { get; init; }

    /// <summary>Where to search; may be left out with a training runner, whose model has a default space.</summary>
    public List<ParameterSpec>? Parameters { get; init; }

    /// <summary>Who proposes.</summary>
    public SamplerContract? Sampler { get; init; }

    /// <summary>Who stops early.</summary>
    public PrunerContract? Pruner { get; init; }

    /// <summary>When the study ends.</summary>
    public BudgetContract? Budget { get; init; }

    /// <summary>Points to try first; values may be left open.</summary>
    public List<ParameterValues>? InitialTrials { get; init; }

    /// <summary>How often a trial whose attempt broke is started at all.</summary>
    [DefaultValue(2)]
    public int MaxAttempts { get; init; } = 2;

    /// <summary>Who runs the trials.</summary>
    public RunnerContract? Runner { get; init; }

    /// <summary>The definition; lists the violations of all parts at once.</summary>
    internal StudyDefinition ToDefinition(IReadOnlyList<Parameter>? defaultSpace, IReadOnlyList<Objective>? defaultObjectives)
    {
        var checks = new Checks(Limits.OfStudy(Description, Labels, InitialTrials?.Count ?? 0));
        SearchSpace? space = null;
        List<Objective> objectives = [];
        checks.Of(() => space = Parameters is not null ? ParameterSpec.ToSpace(Parameters)
            : defaultSpace is not null ? new SearchSpace(defaultSpace)
            : throw new InvalidSearchSpaceException("", "parameters must be given, but got nothing."), "/parameters");
        checks.Of(() => Distinct(space), "/parameters");
        if (space is { } free && ParameterConstraints is { Count: > 0 } rules)
            checks.Of(() => space = Satisfiable(free.Constrained(rules)), "/parameterConstraints");
        List<OutcomeConstraint> constraints = [];
        for (var i = 0; i < Constraints?.Count; i++)
        {
            var given = Constraints[i];
            if (checks.Of(() => new OutcomeConstraint(given.Metric, given.LowerBound, given.UpperBound), $"/constraints/{i}") is { } constraint)
                constraints.Add(constraint);
        }

        for (var i = 0; i < Objectives?.Count; i++)
        {
            var given = Objectives[i];
            if (checks.Of(() => new Objective(given.Metric, given.Direction, given.Target), $"/objectives/{i}") is { } objective)
                objectives.Add(objective);
        }

        if (Objectives is null)
            objectives = defaultObjectives is [var first, ..] ? [first] : [new Objective("value", Direction.Minimize)];
        var budget = (Budget ?? new BudgetContract()).Over(new Budget());
        var (sampler, pruner, runner) = (Sampler ?? new SamplerContract(), Pruner ?? new PrunerContract(), Runner ?? new RunnerContract());
        var definition = checks.Of(() => new StudyDefinition(
            Name, space ?? Placeholder, objectives.Count == 0 && checks.Violations.Count > 0 ? [new Objective("value", Direction.Minimize)] : objectives,
            new SamplerSettings(sampler.Kind, sampler.Seed ?? StableSeed(Name), sampler.Options), new PrunerSettings(pruner.Kind, pruner.Options),
            budget, MaxAttempts, runner.ToRunner(), constraints));
        if (checks.Violations.Count == 0)
            return definition;
        throw checks.Violations.All(v => v.Pointer.StartsWith("/parameter", StringComparison.Ordinal))
            ? new InvalidSearchSpaceException(checks.Violations)
            : new InvalidStudyException(checks.Violations);
    }

    private static SearchSpace? Distinct(SearchSpace? space)
    {
        var blurred = space?.Parameters.Index().Where(p => p.Item is FloatParameter { Blur: not null }).Select(p => new Violation($"/{p.Index}/step", ((FloatParameter)p.Item).Blur!)).ToList();
        return blurred is { Count: > 0 } ? throw new InvalidSearchSpaceException(blurred) : space;
    }

    private static SearchSpace Satisfiable(SearchSpace space) => space.Anchor is not null
        ? space
        : throw new InvalidSearchSpaceException("", "some of 10,000 random points must keep all constraints, but got none.");

    private static SearchSpace Placeholder { get; } = new([new FloatParameter("x", 0, 1)]);

    // A study without a seed gets one from its name: two studies differ, and a re-run of one is the same.
    internal static long StableSeed(string name) => name.Aggregate(17L, (hash, c) => (hash * 31 + c) & 0xFFFF_FFFF);
}

/// <summary>What to change of a study: left out = stays, null removes the description or all labels (RFC 7396).</summary>
public sealed record PatchStudyRequest
{
    /// <summary>Any text.</summary>
    public string? Description
    {
        get;
        init => (field, SetsDescription) = (value, true);
    }

    /// <summary>All labels from now on.</summary>
    public Dictionary<string, string>? Labels
    {
        get;
        init => (field, SetsLabels) = (value, true);
    }

    /// <summary>Bounds to change.</summary>
    public BudgetPatch? Budget { get; init; }

    internal bool SetsDescription { get; private init; }

    internal bool SetsLabels { get; private init; }
}

/// <summary>What to change of a budget: a number sets a bound, null removes it (of maxParallelTrials: the default), left out = stays (RFC 7396).</summary>
public sealed record BudgetPatch
{
    private readonly List<Func<Budget, Budget>> _changes = [];

    /// <summary>The largest number of trials.</summary>
    public int? MaxTrials
    {
        get;
        init
        {
            field = value;
            _changes.Add(b => b with { MaxTrials = value });
        }
    }

    /// <summary>The largest number of running trials.</summary>
    public int? MaxParallelTrials
    {
        get;
        init
        {
            field = value;
            _changes.Add(b => b with { MaxParallelTrials = value ?? new Budget().MaxParallelTrials });
        }
    }

    /// <summary>Seconds from the study's creation to its end.</summary>
    public double? MaxSeconds
    {
        get;
        init
        {
            field = value;
            _changes.Add(b => b with { MaxSeconds = value });
        }
    }

    /// <summary>Seconds that one attempt may take.</summary>
    public double? MaxTrialSeconds
    {
        get;
        init
        {
            field = value;
            _changes.Add(b => b with { MaxTrialSeconds = value });
        }
    }

    /// <summary>Completed trials without a better one, after which the study ends.</summary>
    public int? MaxTrialsWithoutImprovement
    {
        get;
        init
        {
            field = value;
            _changes.Add(b => b with { MaxTrialsWithoutImprovement = value });
        }
    }

    internal Budget Over(Budget budget) => _changes.Aggregate(budget, (b, change) => change(b));
}
