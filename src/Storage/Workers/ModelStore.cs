using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The models that workers offer.</summary>
public sealed class ModelStore(Database database, TimeProvider time)
{
    /// <summary>Publishes cards, replacing those of the same names.</summary>
    public Task PublishAsync(IReadOnlyList<ModelCard> cards, CancellationToken cancellationToken) => database.WriteAsync(async db =>
    {
        foreach (var card in cards)
        {
            var row = await db.Models.FindAsync([card.Name], default);
            if (row is null)
                db.Models.Add(row = new ModelRow { Name = card.Name, CardJson = "" });
            (row.CardJson, row.UpdatedAt) = (Mapping.ToJson(CardSpec.From(card)), time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        return cards.Count;
    }, cancellationToken);

    /// <summary>Takes a data set off every card.</summary>
    internal static async Task WithdrawAsync(HpoDbContext db, string dataSet, CancellationToken cancellationToken)
    {
        foreach (var row in await db.Models.ToListAsync(cancellationToken))
            if (Mapping.FromJson<CardSpec>(row.CardJson) is var card && card.DataSets.Contains(dataSet))
                row.CardJson = Mapping.ToJson(card with { DataSets = [.. card.DataSets.Where(d => d != dataSet)] });
    }

    /// <summary>All cards, by name.</summary>
    public async Task<IReadOnlyList<ModelCard>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return await ListAsync(db, cancellationToken);
    }

    internal static async Task<IReadOnlyList<ModelCard>> ListAsync(HpoDbContext db, CancellationToken cancellationToken)
    {
        var rows = await db.Models.AsNoTracking().OrderBy(m => m.Name).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => Mapping.FromJson<CardSpec>(row.CardJson).ToCard());
    }

    /// <summary>One card.</summary>
    /// <exception cref="NotFoundException">No worker has published it.</exception>
    public async Task<ModelCard> GetAsync(string name, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).FirstOrDefault(card => card.Name == name) ?? throw new NotFoundException("model", name);

    private sealed record CardSpec(
        string Name, string Description, string SettingsSchema, IReadOnlyList<ParameterSpec> DefaultSpace, IReadOnlyList<string> DataSets,
        IReadOnlyList<Objective> Metrics, IReadOnlyDictionary<string, IReadOnlyList<ParameterSpec>>? Spaces = null, IReadOnlyList<JointRule>? Rules = null)
    {
        public static CardSpec From(ModelCard card) => new(
            card.Name, card.Description, card.SettingsSchema, [.. card.DefaultSpace.Select(ParameterSpec.From)], card.DataSets, card.Metrics,
            card.Spaces.Count == 0 ? null : card.Spaces.ToDictionary(s => s.Key.ToString(), s => (IReadOnlyList<ParameterSpec>)[.. s.Value.Select(ParameterSpec.From)]), card.Rules.Count == 0 ? null : card.Rules);

        public ModelCard ToCard() => new(Name, Description, SettingsSchema, [.. DefaultSpace.Select(p => p.ToParameter())], DataSets, Metrics)
        {
            Spaces = (Spaces ?? new Dictionary<string, IReadOnlyList<ParameterSpec>>())
                .ToDictionary(s => Enum.Parse<SampleKind>(s.Key), s => (IReadOnlyList<Parameter>)[.. s.Value.Select(p => p.ToParameter())]),
            Rules = Rules ?? [],
        };
    }
}
