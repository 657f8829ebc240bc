using System.Collections.Concurrent;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>New points for a study, and what they were proposed for.</summary>
/// <param name="NextNumber">The study's trial counter that the sampler saw.</param>
/// <param name="Asked">How many points the sampler was asked for.</param>
/// <param name="Points">What it proposed; fewer than asked for = the space is exhausted.</param>
internal sealed record Proposal(int NextNumber, int Asked, IReadOnlyList<Suggestion> Points)
{
    /// <summary>Whether trials were added since, of which the sampler knew nothing.</summary>
    public bool IsOutdated(StudyWrite write) => Asked > 0 && write.Row.NextNumber != NextNumber;
}

/// <summary>Has the sampler propose, outside any transaction, and makes trials of it inside one.</summary>
internal sealed class Proposing(Database database, TimeProvider time)
{
    // One of gp takes up to some 30 MB.
    private const int MaxSamplers = 32;
    private readonly Histories _histories = new(withMeasurements: false);
    private readonly ConcurrentDictionary<long, (string Settings, ISampler Sampler)> _samplers = new();

    /// <summary>Fills in partial trials that may start, then proposes as many new points as the queue leaves open.</summary>
    /// <param name="id">The study.</param>
    /// <param name="count">How many trials are wanted.</param>
    /// <param name="takes">Whether the wanted trials start now: queued ones count. Otherwise running ones count, too.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Proposal> ProposeAsync(long id, int count, bool takes, CancellationToken cancellationToken)
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
            return new Proposal(row.NextNumber, 0, []);
        if (await FillPartialsAsync(db, row, definition, count, cancellationToken))
            row = await db.Studies.AsNoTracking().FindStudyAsync($"{id}", cancellationToken);
        var asked = row.IsExhausted ? 0 : Math.Min(count - (takes ? row.QueuedTrials : row.OpenTrials()), Room(row, definition.Budget));
        if (asked <= 0)
            return new Proposal(row.NextNumber, 0, []);
        var history = await _histories.GetAsync(db, row, definition, cancellationToken);
        return new Proposal(row.NextNumber, asked, SamplerOf(row, definition).Suggest(history, asked, cancellationToken));
    }

    /// <summary>Adds queued trials of a proposal that is not outdated, up to <paramref name="count"/> and within the budget.</summary>
    public static IReadOnlyList<TrialRow> Add(StudyWrite write, Proposal proposal, int count)
    {
        if (write.Row.State != StudyState.Active)
            return [];
        if (proposal.Points.Count < proposal.Asked)
        {
            write.Row.IsExhausted = true;
            write.Touch();
        }

        var room = Math.Min(count, Room(write.Row, write.Definition.Budget));
        return [.. proposal.Points.Take(room).Select(p => write.Add(Mapping.ToJson(p.Parameters), isPartial: false, p.SuggestedBy))];
    }

    // On its own before the new points: a filled point is visited for the sampler, and what it was filled with is not.
    private async Task<bool> FillPartialsAsync(HpoDbContext db, StudyRow row, StudyDefinition definition, int count, CancellationToken cancellationToken)
    {
        var may = Math.Min(count, definition.Budget.MaxParallelTrials - row.RunningTrials);
        if (may <= 0 || row.QueuedTrials == 0)
            return false;
        var partials = await db.Trials.AsNoTracking().Where(t => t.StudyId == row.Id && t.State == TrialState.Queued && t.IsPartial)
            .OrderBy(t => t.Number).Take(may).Select(t => t.Number).ToListAsync(cancellationToken);
        if (partials.Count == 0)
            return false;
        var history = await _histories.GetAsync(db, row, definition, cancellationToken);
        var points = SamplerOf(row, definition).Suggest(history, partials.Count, cancellationToken);
        return await database.WriteAsync(async writing =>
        {
            var write = await StudyWrite.OpenAsync(writing, $"{row.Id}", time, cancellationToken);
            for (var i = 0; i < partials.Count; i++)
            {
                // Another process may have filled or canceled it meanwhile.
                if (await write.TrialAsync(partials[i], cancellationToken) is { IsPartial: true, State: TrialState.Queued } trial)
                    Fill(write, trial, i < points.Count ? points[i].Parameters : ParameterValues.Empty);
            }

            return true;
        }, cancellationToken);
    }

    private static void Fill(StudyWrite write, TrialRow trial, ParameterValues suggested)
    {
        var given = Mapping.FromJson<ParameterValues>(trial.ParametersJson);
        (trial.ParametersJson, trial.IsPartial) = (Mapping.ToJson(Enqueuing.Fill(write.Definition, given, suggested, trial.Number)), false);
        write.Touch(trial);
    }

    // Kept from call to call: what a sampler has computed of the trials so far makes the next suggestion cheap.
    private ISampler SamplerOf(StudyRow row, StudyDefinition definition)
    {
        var settings = $"{row.SamplerJson} {row.ParametersJson} {row.ObjectivesJson}";
        if (_samplers.TryGetValue(row.Id, out var known) && known.Settings == settings)
            return known.Sampler;
        var sampler = SamplerRegistry.Create(definition.Sampler, definition.Space, definition.Objectives);
        if (_samplers.Count >= MaxSamplers)
            _samplers.Clear(); // they are caches: a new one answers the same, later
        _samplers[row.Id] = (settings, sampler);
        return sampler;
    }

    private static int Room(StudyRow row, Budget budget) =>
        Math.Min(budget.MaxParallelTrials - row.OpenTrials(), (budget.MaxTrials ?? int.MaxValue) - row.NextNumber);
}
