using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Studies;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Data sets: come, are looked up, go; and the model cards say so at once, so that the next request may name them.</summary>
public sealed class DataSetStore(Database database, ModelStore models, IDataSetDesk desk, TimeProvider time)
{
    private const string Scope = "datasets";

    /// <summary>All data sets, by name.</summary>
    public IReadOnlyList<DataCard> List() => [.. desk.List().OrderBy(d => d.Name, StringComparer.Ordinal)];

    /// <summary>One data set.</summary>
    /// <exception cref="NotFoundException">There is none of that name.</exception>
    public DataCard Get(string name) => desk.Find(name) ?? throw new NotFoundException("dataset", name);

    /// <summary>Whether it ships with the program.</summary>
    public bool Ships(string name) => desk.Ships(name);

    /// <summary>What a study on a data set optimises when it does not say; null = there is no such data set.</summary>
    public Objective? UsualObjective(string name) => desk.Find(name) is { } card ? desk.UsualObjective(card.Goal) : null;

    /// <summary>What a sample of a data set is; null = there is no such data set.</summary>
    public SampleKind? KindOf(string? name) => name is null ? null : desk.Find(name)?.Kind;

    /// <summary>A folder for a file on its way in.</summary>
    public UploadFolder Stage() => new(Root, time);

    /// <summary>Removes files on their way in whose process was killed.</summary>
    public void RemoveAbandoned() => UploadFolder.RemoveAbandoned(Root);

    private string Root => Path.Combine(database.Folder, "datasets");

    /// <summary>Reads, checks and keeps a data set.</summary>
    /// <exception cref="InvalidDataSetException">The file is none; says where. Nothing is kept.</exception>
    /// <exception cref="NameTakenException">There is one of that name.</exception>
    public async Task<DataCard> AddAsync(DataSetUpload upload, Idempotency? idempotency, CancellationToken cancellationToken)
    {
        await using (var db = database.Open())
            if (await db.RecallAsync<DataCard>(Scope, idempotency, cancellationToken) is { } earlier)
                return earlier;
        var request = idempotency is null ? null : $"{idempotency.Key} {idempotency.RequestHash}";
        DataCard card;
        try
        {
            card = await desk.AddAsync(upload with { Request = request }, cancellationToken);
        }
        catch (NameTakenException) when (request is not null && desk.RequestOf(upload.Name) == request)
        {
            card = Get(upload.Name); // this request's own, from before a crash at the next line, or from its twin
        }

        try
        {
            if (idempotency is not null)
                card = await RememberAsync(idempotency, card);
        }
        catch (Exception e) when (e is BusyException or UnwritableException)
        {
            throw new UnknownOutcomeException(e); // the data set is there: the same request again finds it
        }

        try
        {
            await PublishAsync(CancellationToken.None);
        }
        catch (Exception e) when (e is BusyException or UnwritableException or UnknownOutcomeException)
        {
            // It is there; the workers say so at their next heartbeat.
        }

        return card;
    }

    private Task<DataCard> RememberAsync(Idempotency idempotency, DataCard card) => database.WriteAsync(async db =>
    {
        if (await db.RecallAsync<DataCard>(Scope, idempotency, CancellationToken.None) is { } twin)
            return twin; // the same request came twice at once
        db.Remember(Scope, idempotency, card, time.GetUtcNow().ToUnixTimeMilliseconds());
        return card;
    }, CancellationToken.None);

    /// <summary>Forgets a data set; what has been trained on it stays.</summary>
    /// <exception cref="DataSetInUseException">A study that is not final trains on it.</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        Get(name);
        if (desk.Ships(name))
            throw new IllegalMoveException($"a data set must be a registered one to be deleted, but got '{name}', which ships.");
        await database.WriteAsync(async db =>
        {
            var open = await db.Studies.AsNoTracking().Where(s => s.RunnerKind == Runner.Training && (s.State == StudyState.Active || s.State == StudyState.Paused))
                .Select(s => new { s.Name, s.RunnerJson }).ToListAsync(default);
            if (open.Where(s => Mapping.FromJson<Runner>(s.RunnerJson).DataSet == name).Select(s => s.Name).ToList() is { Count: > 0 } users)
                throw new DataSetInUseException(name, users);
            await ModelStore.WithdrawAsync(db, name, default); // no study can name it from here on
            return name;
        }, cancellationToken);
        try
        {
            desk.Remove(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await PublishAsync(CancellationToken.None);
            throw new UnwritableException("files that cannot be removed", e, "data folder");
        }
    }

    // Where no worker has said what it trains, there is nothing to correct.
    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        if ((await models.ListAsync(cancellationToken)).Count > 0)
            await models.PublishAsync(desk.Cards(), cancellationToken);
    }
}
