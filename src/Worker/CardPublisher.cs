using HpoService.Storage;
using HpoService.Training.DataSets;
using HpoService.Training.Models;

namespace HpoService.Worker;

/// <summary>Tells the store which models this worker trains on which data sets: when it starts, and again when data sets came or went, as the API
/// knows of them only from the cards.</summary>
internal sealed class CardPublisher(ModelStore models, WorkerOptions options)
{
    private string? _published;

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var registered = options.DataFolder is null ? [] : new DataSetFolder(options.DataFolder).List();
        var names = string.Join('/', registered.Select(d => d.Name));
        if (names == _published)
            return;
        await models.PublishAsync(ModelRegistry.CardsWith(registered), cancellationToken);
        _published = names;
    }
}
