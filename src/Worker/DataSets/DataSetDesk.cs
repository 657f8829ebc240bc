using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training.DataSets;
using HpoService.Training.Models;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

namespace HpoService.Worker.DataSets;

/// <summary>Data sets of a data folder. Cards are read here; a file that somebody sent is read by a process that is there for it alone, with a
/// bound on its memory and its time: what it does to that process, it does to nobody else.</summary>
internal sealed class DataSetDesk(DeskOptions options, ILogger<DataSetDesk> logger) : IDataSetDesk, IDisposable
{
    // Two at a time: more would take turns on the same cores and disks.
    private readonly SemaphoreSlim _turns = new(2, 2);
    private readonly DataSetFolder _folder = new(options.DataFolder);

    public IReadOnlyList<DataCard> List() => [.. DataSetRegistry.Cards(), .. _folder.List()];

    public DataCard? Find(string name) => DataSetRegistry.Cards().FirstOrDefault(d => d.Name == name) ?? _folder.Find(name);

    public bool Ships(string name) => DataSetRegistry.Names.Contains(name);

    public string? RequestOf(string name) => _folder.RequestOf(name);

    public void Remove(string name) => _folder.Remove(name);

    public Objective UsualObjective(GoalKind goal) => ModelRegistry.UsualObjective(goal);

    public IReadOnlyList<ModelCard> Cards() => ModelRegistry.CardsWith(_folder.List());

    public async Task<DataCard> AddAsync(DataSetUpload upload, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken);
        try
        {
            var message = await AskAsync(upload, cancellationToken);
            if (message.Failed is { } failure)
                logger.LogError("The reading of data set {Name} broke: {Failure}", upload.Name, failure);
            return message.Added ?? throw (message.Refused switch
            {
                { Kind: Refusal.Taken } => new NameTakenException("data set", upload.Name),
                { Kind: Refusal.Unwritable, Text: var reason } => new UnwritableException(reason, null, "data folder"),
                { } refusal => new InvalidDataSetException(refusal.Text, refusal.Pointer),
                // It died, of its memory most likely: the file's doing as far as anybody can tell. What it said is for the log: it may name what is nobody's business.
                null => new InvalidDataSetException("a data set must be read by a process of its own, but got one that did not survive it."),
            });
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async Task<Message> AskAsync(DataSetUpload upload, CancellationToken cancellationToken)
    {
        using var process = options.Start(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = $"{options.ReadingBytes:X}" }, logger);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(upload.MostSeconds));
        try
        {
            return await process.AskAsync(new Command(Add: new DataSetAddition(options.DataFolder, upload)), _ => Task.CompletedTask, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Message(Refused: new Refusal(Refusal.DataSet, "/file", $"a data set must be read within {upload.MostSeconds} seconds, but got no end."));
        }
    }
}
