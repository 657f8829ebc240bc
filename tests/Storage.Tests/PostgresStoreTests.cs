using HpoService.Search;
using HpoService.Storage.Postgres;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage.Tests;

public sealed class PostgresStoreTests() : StoreConformance(TestDatabase.Postgres)
{
    [Fact]
    public async Task Several_processes_that_start_together_make_one_schema()
    {
        await using var fresh = await TestDatabase.NewEmptyAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => fresh.Open().MigrateAsync(default)));
        await using var db = fresh.Open().Open();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        Assert.Empty(await db.Studies.ToListAsync());
    }

    [Fact]
    public async Task A_worker_s_name_is_held_by_one_process_at_a_time()
    {
        Assert.True(await Place.Open().TryClaimAsync("w", () => { }, default));
        Assert.False(await Place.Open().TryClaimAsync("w", () => { }, default));
        Assert.True(await Place.Open().TryClaimAsync("v", () => { }, default));
    }

    [Fact]
    public async Task A_worker_whose_name_was_taken_while_its_connection_was_lost_is_told()
    {
        var lost = new TaskCompletionSource();
        var other = Place.Open();
        Assert.True(await Place.Open().TryClaimAsync("w", lost.SetResult, default));
        await using (var db = other.Open())
            await db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");
        Assert.True(await other.TryClaimAsync("w", () => { }, default));
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("postgres://me:p%40ss@db:6000/hpo?sslmode=verify-full&application_name=x", "Host=db;Port=6000;Database=hpo;Username=me;Password=p@ss;SSL Mode=VerifyFull;Application Name=x")]
    [InlineData("postgresql://db/hpo", "Host=db;Database=hpo")]
    [InlineData("postgres:///hpo?host=/run/postgresql", "Host=/run/postgresql;Database=hpo")]
    [InlineData("Host=db;Username=me", "Host=db;Username=me")]
    public void An_address_is_a_url_or_a_connection_string(string address, string parsed) => Assert.Equal(parsed, PostgresAddress.Parse(address).ToString());

    [Theory]
    [InlineData("postgres://me:secret@db:port/hpo")]
    [InlineData("db.example.com secret")]
    [InlineData("Database=secret")]
    [InlineData("postgres://me:secret@db/hpo?nonsense=1")]
    public void What_is_no_address_is_refused_without_being_repeated(string address) =>
        Assert.DoesNotContain("secret", Assert.Throws<HpoException>(() => PostgresAddress.Parse(address)).Message, StringComparison.Ordinal);
}
