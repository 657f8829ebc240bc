using HpoService.Storage.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace HpoService.Storage;

/// <summary>For <c>dotnet ef migrations add</c> only.</summary>
internal sealed class SqliteDesign : IDesignTimeDbContextFactory<HpoDbContext>
{
    public HpoDbContext CreateDbContext(string[] args) => Database.Sqlite("obj/design.db").Open();
}

/// <inheritdoc cref="SqliteDesign"/>
internal sealed class PostgresDesign : IDesignTimeDbContextFactory<PostgresDbContext>
{
    public PostgresDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<PostgresDbContext>().UseNpgsql("Host=localhost").Options);
}
