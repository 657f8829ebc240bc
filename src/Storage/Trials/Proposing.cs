using System.Collections.Concurrent;
using System.Diagnostics;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>New points for a study, and what they were proposed for.</summary>
/// <param name="NextNumber">The study's trial counter that the sampler saw.</param>
/// <param name="Ended">How many trials had ended, with a result or without one, when it saw them.</param>
/// <param name="Asked">How many points the sampler was asked for.</param>
/// <param name="Points">What it proposed; fewer than asked for = the space is exhausted.</param>
internal sealed record Proposal(int NextNumber, int Ended, int Asked, IReadOnlyList<Suggestion> Points)
{
    /// <summary>Nothing was asked for.</summary>
    public static Proposal Nothing(StudyRow row) => Of(row, 0, []);

    /// <summary>What was proposed knowing the study as the row says it is.</summary>
    public static Proposal Of(StudyRow row, int asked, IReadOnlyList<Suggestion> points) => new(row.NextNumber, row.EndedTrials(), asked, points);

    /// <summary>Whether trials were added since, of which the sampler knew nothing.</summary>
    public bool IsOutdated(StudyWrite write) => Asked > 0 && write.Row.NextNumber != NextNumber;
}

/// <summary>Has the sampler propose, outside any transaction, and makes trials of it inside one.</summary>
internal sealed class Proposing(Database database, TimeProvider time)
{
    // One of gp takes up to some 30 MB.
    private const int MaxSamplers = 32;

    // For so long the first of those who wait may wait for the others' points.
    private const double MillisecondsForOthers = 5;
    private readonly Histories _histories = new(withMeasurements: false);
    private readonly Visiting _visiting = new(database, time);
    private readonly ConcurrentDictionary<long, Kept> _samplers = new();

    /// <summary>Fills in partial trials that may start, then proposes as many new points as the queue leaves open.</summary>
    /// <param name="id">The study.</param>
    /// <param name="count">How many trials are wanted.</param>
    /// <param name="takes">Whether the wanted trials start now: queued ones count. Otherwise running ones count, too.</param>
    /// <param name="others">How many points somebody else waits for: they are proposed as well while that takes no time to speak of.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Proposal> ProposeAsync(long id, int count, bool takes, int others, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
        var definition = row.ToDefinition();
        if (row.State.IsFinal())
        {
            _samplers.TryRemove(id, out _);
            _histories.Forget(id);
        }

        if (row.State != StudyState.Active)
            return Proposal.Nothing(row);
        if (await FillPartialsAsync(db, row, definition, count, cancellationToken))
            row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
        if (SamplerOf(row, definition) is PointwiseSampler)
        {
            await _visiting.ReadyAsync(id, cancellationToken);
            return Proposal.Nothing(row); // made inside the transaction
        }

        var ready = takes ? await ReadyAsync(db, row, cancellationToken) : row.OpenTrials();
        var asked = row.IsExhausted ? 0 : Math.Min(count - ready, Room(row, definition.Budget));
        if (asked <= 0)
            return Proposal.Nothing(row);
        asked = Math.Min(asked + Cheap(id, others), Room(row, definition.Budget));
        var history = await _histories.GetAsync(db, row, definition, cancellationToken);
        return Proposal.Of(row, asked, Suggest(row, definition, history, asked, cancellationToken));
    }

    /// <summary>Proposes up to <paramref name="count"/> points, more while that takes no time to speak of, for trials that nobody has got yet, whether or not one more may
    /// run now; none while the only trial runs and nothing else has ended meanwhile: whoever runs one at a time waits for its result; null when there is no use for any.</summary>
    /// <param name="id">The study.</param>
    /// <param name="count">How many points.</param>
    /// <param name="others">How many points somebody waits for.</param>
    /// <param name="known">What is at hand already and as good as so many points of this study proposed anew; null = nothing is.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Proposal?> LookAheadAsync(long id, int count, int others, Func<StudyRow, int, Proposal?> known, CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        var row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
        var definition = row.ToDefinition();
        var soon = Math.Min(row.RunningTrials + others, definition.Budget.MaxParallelTrials); // as many as may ask
        var asked = Math.Min(Math.Clamp(soon, 1, count + Cheap(id, others)), (definition.Budget.MaxTrials ?? int.MaxValue) - row.NextNumber);
        if (row.State != StudyState.Active || row.IsExhausted || row.QueuedTrials > 0 || asked <= 0 || SamplerOf(row, definition) is PointwiseSampler)
            return null;
        if (known(row, row.RunningTrials == 1 && others == 0 ? 0 : asked) is { } proposal)
            return proposal;
        var history = await _histories.GetAsync(db, row, definition, cancellationToken);
        return Proposal.Of(row, asked, Suggest(row, definition, history, asked, cancellationToken));
    }

    /// <summary>Whether something must be proposed outside the transaction before trials can be handed out.</summary>
    public static bool IsNeeded(StudyWrite write) =>
        write.Row.State == StudyState.Active && (write.Row.QueuedTrials > 0 || !write.Row.IsExhausted && Room(write.Row, write.Definition.Budget) > 0 && write.Pointwise is null);

    /// <summary>Adds queued trials of a proposal that is not outdated, or of a sampler that needs none, up to <paramref name="count"/> and within the budget.</summary>
    public static IReadOnlyList<TrialRow> Add(StudyWrite write, Proposal? proposal, int count, CancellationToken cancellationToken)
    {
        var room = Math.Min(count, Room(write.Row, write.Definition.Budget));
        if (write.Row.State != StudyState.Active || room <= 0)
            return [];
        var (points, isExhausted) = (proposal?.Points ?? [], proposal?.Points.Count < Math.Min(proposal?.Asked ?? 0, room));
        if (proposal is null or { Asked: 0 } && !write.Row.IsExhausted && write.Pointwise is var (sampler, visited))
        {
            var started = Stopwatch.GetTimestamp();
            points = sampler.Suggest(write.Definition.Space, write.Row.NextNumber, room, visited, cancellationToken);
            StorageMetrics.Suggested(write.Definition.Sampler.Kind, write.Row.NextNumber, Stopwatch.GetElapsedTime(started));
            isExhausted = points.Count < room;
        }

        if (isExhausted)
        {
            write.Row.IsExhausted = true;
            write.Touch();
        }

        return [.. points.Take(room).Select(p => write.Add(p.Parameters, p.SuggestedBy))];
    }

    // How many queued trials may be taken: all but those whose holders are about to renew their leases.
    private async Task<int> ReadyAsync(HpoDbContext db, StudyRow row, CancellationToken cancellationToken)
    {
        var renewableFor = database.RenewableFor(time.GetUtcNow().ToUnixTimeMilliseconds());
        return row.QueuedTrials == 0 || renewableFor == long.MaxValue ? row.QueuedTrials
            : await db.Trials.CountAsync(t => t.StudyId == row.Id && t.State == TrialState.Queued && (t.LeaseToken == null || t.LeaseMilliseconds <= renewableFor), cancellationToken);
    }

    // On its own before the new points: a filled point is visited for the sampler, and what it was filled with is not.
    private async Task<bool> FillPartialsAsync(HpoDbContext db, StudyRow row, StudyDefinition definition, int count, CancellationToken cancellationToken)
    {
        var may = Math.Min(count, definition.Budget.MaxParallelTrials - row.RunningTrials);
        if (may <= 0 || row.QueuedTrials == 0)
            return false;
        var partials = await db.Trials.AsNoTracking().Where(t => t.StudyId == row.Id && t.State == TrialState.Queued && t.IsPartial)
            .OrderBy(t => t.Number).Take(may).ToListAsync(cancellationToken);
        if (partials.Count == 0)
            return false;
        var history = await _histories.GetAsync(db, row, definition, cancellationToken);
        var points = Suggest(row, definition, history, partials.Count, cancellationToken);
        // The sampler sees the same history for each that is filled before a trial is added: what it suggests may be what it has suggested before.
        var visited = new Visited(history);
        var filled = new List<ParameterValues>();
        foreach (var (i, partial) in partials.Index())
        {
            cancellationToken.ThrowIfCancellationRequested();
            filled.Add(Enqueuing.Fill(definition, partial.Parameters(), i < points.Count ? points[i].Parameters : ParameterValues.Empty, partial.Number, visited));
            visited.Add(filled[i]);
        }

        return await database.TurnAsync(turn =>
        {
            var write = turn.Study($"{row.Id}", time);
            foreach (var (i, partial) in partials.Index())
            {
                // Another process may have filled or canceled it meanwhile.
                if (write.Trial(partial.Number) is not { IsPartial: true, State: TrialState.Queued } trial)
                    continue;
                trial.SetParameters(filled[i]);
                trial.IsPartial = false;
                write.Touch(trial);
            }

            return Task.FromResult(true);
        }, cancellationToken);
    }

    private IReadOnlyList<Suggestion> Suggest(StudyRow row, StudyDefinition definition, StudyHistory history, int count, CancellationToken cancellationToken)
    {
        using var activity = Tracing.Start("suggest", row.Id);
        var started = time.GetTimestamp();
        var points = SamplerOf(row, definition).Suggest(history, count, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        if (_samplers.TryGetValue(row.Id, out var kept))
            (kept.Milliseconds, kept.Count) = (elapsed.TotalMilliseconds / count, count);
        StorageMetrics.Suggested(definition.Sampler.Kind, history.Trials.Count, elapsed);
        return points;
    }

    // How many of so many points take no time to speak of, as far as is known. Few more than the last time: after its start a sampler takes longer.
    private int Cheap(long id, int count) =>
        _samplers.TryGetValue(id, out var kept) ? (int)Math.Min(Math.Min(count, kept.Count), MillisecondsForOthers / kept.Milliseconds) : 0;

    // Kept from call to call: what a sampler has computed of the trials so far makes the next suggestion cheap.
    private ISampler SamplerOf(StudyRow row, StudyDefinition definition)
    {
        var settings = $"{row.SamplerJson} {row.ParametersJson} {row.ObjectivesJson}";
        if (_samplers.TryGetValue(row.Id, out var known) && known.Settings == settings)
        {
            known.Used = time.GetTimestamp();
            return known.Sampler;
        }

        var sampler = SamplerRegistry.Create(definition.Sampler, definition.Space, definition.Objectives);
        if (_samplers.Count >= MaxSamplers)
            _samplers.TryRemove(_samplers.MinBy(kept => kept.Value.Used).Key, out _); // a cache: a new one answers the same, later
        _samplers[row.Id] = new Kept(settings, sampler) { Used = time.GetTimestamp() };
        return sampler;
    }

    public static int Room(StudyRow row, Budget budget) =>
        Math.Min(budget.MaxParallelTrials - row.OpenTrials(), (budget.MaxTrials ?? int.MaxValue) - row.NextNumber);

    /// <summary>A study's sampler.</summary>
    private sealed record Kept(string Settings, ISampler Sampler)
    {
        /// <summary>How long its last call took for each point; infinite before the first.</summary>
        public double Milliseconds { get; set; } = double.PositiveInfinity;

        /// <summary>How many points that were.</summary>
        public int Count { get; set; }

        /// <summary>When it was asked for last.</summary>
        public long Used { get; set; }
    }
}
