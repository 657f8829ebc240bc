namespace HpoService.Storage.Tests;

public sealed class SqliteStoreTests : StoreConformance, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-store-").FullName;

    protected override Database Open() => Database.Sqlite(Path.Combine(_folder, "hpo.db"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_system_s_engine_is_used_not_the_old_bundled_one() => Assert.True(new Version(Database.Engine) >= new Version(3, 40), Database.Engine);
}
