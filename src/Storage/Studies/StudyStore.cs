using System.Globalization;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Studies: create, read, change, move, delete. Every write is durable when its task completes.</summary>
public sealed class StudyStore(Database database, CommandStore commands, TimeProvider time)
{
    /// <summary>The most characters of a label's key.</summary>
    public const int MostKey = 100;

    // The latter, by name: the version that a deleted study had. It is forgotten as keys are, after a day.
    private const string CreateScope = "create", FormerScope = "former";

    /// <summary>Creates a study with its first queued trials, and those that were finished elsewhere.</summary>
    /// <exception cref="NameTakenException">The name exists.</exception>
    /// <exception cref="InvalidParameterValuesException">An initial trial does not fit the space.</exception>
    /// <exception cref="UnknownCommandException">A command runner names a command that no worker has published.</exception>
    /// <exception cref="UnknownModelException">A training runner names a model that no worker has published.</exception>
    /// <exception cref="InvalidStudyException">Its settings, or a parameter, are none of the model's: no trial could be trained.</exception>
    public async Task<StudyView> CreateAsync(
        StudyDefinition definition, string? description, IReadOnlyDictionary<string, string> labels,
        IReadOnlyList<ParameterValues> initialTrials, Idempotency? idempotency, CancellationToken cancellationToken, IReadOnlyList<FinishedTrial>? finished = null)
    {
        if (definition.Runner.Kind == Runner.CommandKind)
            await commands.ValidateAsync(definition.Runner, cancellationToken);
        Importing.Validate(definition, finished ?? [], "/trials"); // which the rules between settings may not have kept: they are refused since then
        if (definition.Runner.Kind == Runner.Training)
            definition = await FittedAsync(definition, cancellationToken);
        Enqueuing.Validate(definition, initialTrials, "/initialTrials");
        var created = await database.WriteAsync(async db =>
        {
            if (await db.RecallAsync<CreatedStudy>(CreateScope, idempotency, default) is { } earlier)
                return earlier;
            if (definition.Runner.Kind == Runner.Training)
                _ = Card(definition.Runner, await ModelStore.ListAsync(db, default)); // again: a data set may just be going
            if (await db.Studies.AnyAsync(s => s.Name == definition.Name, default))
                throw new NameTakenException(definition.Name);
            var row = NewRow(definition, description, labels, time.GetUtcNow().ToUnixTimeMilliseconds());
            row.Version = await FirstVersionAsync(db, row.Name, default);
            db.Studies.Add(row);
            await db.SaveChangesAsync(default); // gives the row its id
            var write = db.Turn!.Study($"{row.Id}", time);
            foreach (var values in initialTrials)
                Enqueuing.Add(write, values, "initialTrials");
            var imported = finished?.Count > 0 ? await Importing.AddAsync(write, finished) : [];
            var study = new CreatedStudy(write.Row.Clone(), imported.FirstOrDefault(t => t.Number == write.Row.BestNumber)?.ToView());
            db.Remember(CreateScope, idempotency, study, row.CreatedAt);
            return study;
        }, cancellationToken);
        return created.ToView();
    }

    /// <summary>What an equal request has created, as it was then, be it there or not by now; null when the key is new.</summary>
    /// <exception cref="IdempotencyConflictException">The key came with another request.</exception>
    public async Task<StudyView?> RecallAsync(Idempotency? idempotency, CancellationToken cancellationToken)
    {
        if (idempotency is null)
            return null;
        await using var db = database.Open();
        return (await db.RecallAsync<CreatedStudy>(CreateScope, idempotency, cancellationToken))?.ToView();
    }

    /// <summary>The study of a name or an integer id.</summary>
    /// <exception cref="NotFoundException">There is none.</exception>
    public async Task<StudyView> GetAsync(string study, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await ToViewAsync(db, await db.Studies.AsNoTracking().FindStudyAsync(study, cancellationToken), cancellationToken);
    }

    /// <summary>A page of studies, newest first.</summary>
    /// <param name="state">Only those in this state.</param>
    /// <param name="labels">Only those with all of these labels, each as <c>key</c> or <c>key=value</c>.</param>
    /// <param name="query">Only those whose name or description contains this, ignoring case.</param>
    /// <param name="after">The cursor of the page before.</param>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Page<StudyView>> ListAsync(
        StudyState? state, IReadOnlyList<string> labels, string? query, long? after, int limit, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var rows = (query is null ? db.Studies : db.StudiesLike($"%{query.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%")).AsNoTracking();
        if (state is not null)
            rows = rows.Where(s => s.State == state);
        foreach (var fragments in labels.Select(Fragments))
            rows = rows.Where(s => fragments.Any(fragment => s.LabelsJson.Contains(fragment)));

        if (after is not null)
            rows = rows.Where(s => s.Id < after);
        var page = await rows.OrderByDescending(s => s.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var views = new List<StudyView>();
        foreach (var row in page.Take(limit))
            views.Add(await ToViewAsync(db, row, cancellationToken));
        return new Page<StudyView>(views, page.Count > limit ? $"{page[limit - 1].Id}" : null);
    }

    // What a study's labels contain if one is meant by this: a key, or key=value, divided at any '=' that is not beyond the longest key, as both may contain it. What stands before a
    // key: within a text, a quotation mark has a backslash before it.
    private static string[] Fragments(string label) =>
    [
        .. Enumerable.Range(0, label.Length).Where(i => label[i] == '=' && i <= MostKey).Select(i => Mapping.ToJson(label[..i]) + ":" + Mapping.ToJson(label[(i + 1)..]))
            .Prepend(Mapping.ToJson(label) + ":").SelectMany(fragment => new[] { "{" + fragment, "," + fragment }),
    ];

    /// <summary>Changes description, labels or budget; null leaves as it is.</summary>
    /// <param name="study">Name or id.</param>
    /// <param name="ifVersions">Only if the study's present version is among these.</param>
    /// <param name="description">The new description.</param>
    /// <param name="labels">The new labels.</param>
    /// <param name="budget">Makes the new budget of the old.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="VersionMismatchException">It has changed since.</exception>
    /// <exception cref="InvalidStudyException">A budget that breaks a rule, or of fewer trials than there are.</exception>
    public Task<StudyView> PatchAsync(
        string study, IReadOnlyList<long>? ifVersions, Func<string?, string?>? description, IReadOnlyDictionary<string, string>? labels, Func<Budget, Budget>? budget,
        CancellationToken cancellationToken) => ChangeAsync(study, ifVersions, async write =>
        {
            write.Row.Description = description is null ? write.Row.Description : description(write.Row.Description);
            write.Row.LabelsJson = labels is null ? write.Row.LabelsJson : Mapping.ToJson(labels);
            write.Touch();
            if (budget is null)
                return;
            if (write.Row.State.IsFinal())
                throw new StudyClosedException(write.Row.State);
            var changed = budget(write.Definition.Budget);
            if (changed.Violations().ToList() is { Count: > 0 } violations)
                throw new InvalidStudyException(violations);
            if (changed.MaxTrials < write.Row.NextNumber && changed.MaxTrials != write.Definition.Budget.MaxTrials)
                throw new InvalidStudyException("/budget/maxTrials", $"maxTrials >= {write.Row.NextNumber}, the number of trials that there are, must hold, but got {changed.MaxTrials}.");
            write.Set(changed);
            await write.SettleAsync();
        }, cancellationToken);

    /// <summary>Pauses, resumes or cancels. Moving to the state it is already in changes nothing.</summary>
    /// <remarks>Pausing asks running trials to stop; canceling withdraws every trial that is not final.</remarks>
    /// <exception cref="IllegalMoveException">The state table has no such move.</exception>
    public Task<StudyView> MoveAsync(string study, StudyState to, CancellationToken cancellationToken, IReadOnlyList<long>? ifVersions = null) => ChangeAsync(study, ifVersions, async write =>
    {
        if (write.Row.State == to)
            return;
        write.Move(to);
        if (to == StudyState.Canceled)
            await write.CloseTrialsAsync(cancelRunning: true, "the study was canceled");
    }, cancellationToken);

    /// <summary>Deletes a study with everything in it.</summary>
    /// <returns>Its id.</returns>
    public async Task<long> DeleteAsync(string study, CancellationToken cancellationToken, IReadOnlyList<long>? ifVersions = null)
    {
        return await database.WriteAsync(async db =>
        {
            var row = await db.Studies.FindStudyAsync(study, default);
            if (ifVersions is { } wanted && !wanted.Contains(row.Version))
                throw new VersionMismatchException(wanted, row.Version);
            db.Studies.Remove(row);
            await db.ForgetAsync(row.Id, default);
            await RememberVersionAsync(db, row, default);
            return row.Id;
        }, cancellationToken);
    }

    /// <summary>The ids of active studies whose trials run inside, on workers.</summary>
    public async Task<IReadOnlyList<long>> ActiveInsideAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await db.Studies.Where(s => s.State == StudyState.Active && s.RunnerKind != Runner.External).Select(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Those of <see cref="ActiveInsideAsync"/> that need new trials, or whose queued ones may start.</summary>
    /// <param name="slots">How many trials all workers together run at once.</param>
    /// <param name="hasFreeSlot">Whether the caller can start queued ones.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<IReadOnlyList<long>> NeedingTrialsAsync(int slots, bool hasFreeSlot, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var active = await db.Studies.AsNoTracking().Where(s => s.State == StudyState.Active && s.RunnerKind != Runner.External)
            .Select(s => new
            {
                s.Id, s.BudgetJson, s.NextNumber, s.IsExhausted, Running = s.RunningTrials, Queued = s.QueuedTrials,
            }).ToListAsync(cancellationToken);
        return [.. active.Where(s => Mapping.TryFromJson<Budget>(s.BudgetJson, out var budget)
            && s.Running < budget.MaxParallelTrials
            && (s.Queued > 0 && hasFreeSlot
                || s.Running + s.Queued < Math.Min(slots, budget.MaxParallelTrials) && !s.IsExhausted && s.NextNumber < (budget.MaxTrials ?? int.MaxValue))).Select(s => s.Id)];
    }

    // The answer is made within the transaction: a read after it could fail though all is written.
    private Task<StudyView> ChangeAsync(string study, IReadOnlyList<long>? ifVersions, Func<StudyWrite, Task> change, CancellationToken cancellationToken) =>
        database.WriteAsync(async db =>
        {
            var write = db.Turn!.Study(study, time);
            if (ifVersions is { } wanted && !wanted.Contains(write.Row.Version))
                throw new VersionMismatchException(wanted, write.Row.Version);
            await change(write);
            return await ToViewAsync(db, write.Row.Clone(), default);
        }, cancellationToken);

    // As what its model's card says of settings lets it be.
    private async Task<StudyDefinition> FittedAsync(StudyDefinition definition, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var card = Card(definition.Runner, await ModelStore.ListAsync(db, cancellationToken));
        if (card.Violations(definition.Runner.Settings, definition.Space) is { Count: > 0 } violations)
            throw new InvalidStudyException(violations);
        var space = card.Narrowed(definition.Runner.Settings, definition.Space);
        return space.Anchor is not null ? definition with { Space = space } : throw new InvalidStudyException(
            "/parameters", $"some of 10,000 random points must keep the rules between {card.Name}'s settings and all constraints, but got none for {string.Join("; ", space.Constraints.Select(c => c.Text))}.");
    }

    private static ModelCard Card(Runner runner, IReadOnlyList<ModelCard> cards)
    {
        var card = cards.FirstOrDefault(c => c.Name == runner.Model) ?? throw new UnknownModelException(runner.Model!, cards.Select(c => c.Name));
        return runner.DataSet is { } dataSet && !card.DataSets.Contains(dataSet) ? throw new UnknownDataSetException(dataSet, card.DataSets) : card;
    }

    // What is remembered of a deleted study, a tag or an event's id, must not fit the next one of its name: that one starts above it, for as long as the name is known.
    private static async Task<long> FirstVersionAsync(HpoDbContext db, string name, CancellationToken cancellationToken) =>
        await db.IdempotencyKeys.Where(k => k.Scope == FormerScope && k.Key == name).Select(k => k.ResultJson).FirstOrDefaultAsync(cancellationToken) is { } version
            ? long.Parse(version, CultureInfo.InvariantCulture) + 1
            : 1;

    private async Task RememberVersionAsync(HpoDbContext db, StudyRow deleted, CancellationToken cancellationToken)
    {
        await db.IdempotencyKeys.Where(k => k.Scope == FormerScope && k.Key == deleted.Name).ExecuteDeleteAsync(cancellationToken);
        db.IdempotencyKeys.Add(new IdempotencyRow
        {
            Scope = FormerScope, Key = deleted.Name, RequestHash = "", ResultJson = deleted.Version.ToString(CultureInfo.InvariantCulture), CreatedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        });
    }

    private static StudyRow NewRow(StudyDefinition definition, string? description, IReadOnlyDictionary<string, string> labels, long now) => new()
    {
        Name = definition.Name, Description = description, LabelsJson = Mapping.ToJson(labels), State = StudyState.Active,
        CreatedAt = now, UpdatedAt = now,
        ObjectivesJson = Mapping.ToJson(definition.Objectives),
        ParametersJson = Mapping.ToJson(definition.Space.Parameters.Select(ParameterSpec.From)),
        SamplerJson = Mapping.ToJson(definition.Sampler), PrunerJson = Mapping.ToJson(definition.Pruner),
        BudgetJson = Mapping.ToJson(definition.Budget), RunnerJson = Mapping.ToJson(definition.Runner),
        RunnerKind = definition.Runner.Kind, MaxAttempts = definition.MaxAttempts,
        ConstraintsJson = Mapping.ToJson(definition.Constraints),
        ParameterConstraintsJson = Mapping.ToJson(definition.Space.Constraints.Select(c => c.Text)),
        FrontSize = definition.Objectives.Count > 1 ? 0 : null,
    };

    internal static async Task<StudyView> ToViewAsync(HpoDbContext db, StudyRow row, CancellationToken cancellationToken)
    {
        var best = row.BestNumber is { } number
            ? await db.Trials.AsNoTracking().FirstOrDefaultAsync(t => t.StudyId == row.Id && t.Number == number, cancellationToken)
            : null;
        return row.ToView(best?.ToView());
    }

    /// <summary>A study when it was created: what an equal request is answered with.</summary>
    private sealed record CreatedStudy(StudyRow Row, TrialView? Best)
    {
        public StudyView ToView() => Row.ToView(Best);
    }
}
