using HpoService.Storage;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Worker.Tests;

public sealed class CardPublisherTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-cards-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_data_set_that_comes_or_goes_while_a_worker_runs_is_on_its_cards_at_the_next_heartbeat()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"));
        await database.MigrateAsync(default);
        await using var services = new ServiceCollection().AddHpoStorage(database).BuildServiceProvider();
        var store = services.GetRequiredService<ModelStore>();
        var publisher = new CardPublisher(store, new WorkerOptions { Name = "w", Slots = 1, TrialCommand = [], DataFolder = _folder });
        await publisher.PublishAsync(default);
        Assert.Equal(["digits"], await DataSetsAsync());

        var file = Path.Combine(_folder, "t.csv");
        await File.WriteAllLinesAsync(file, Enumerable.Range(0, 40).Select(i => $"{i},{i % 2}"));
        new DataSetFolder(_folder).Add("parity", null, new DataSetSource(file));
        await publisher.PublishAsync(default);
        Assert.Equal(["digits", "parity"], await DataSetsAsync());

        new DataSetFolder(_folder).Remove("parity");
        await publisher.PublishAsync(default);
        Assert.Equal(["digits"], await DataSetsAsync());

        async Task<IEnumerable<string>> DataSetsAsync() => (await store.GetAsync("mlp", default)).DataSets;
    }
}
