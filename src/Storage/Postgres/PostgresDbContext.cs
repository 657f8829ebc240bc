using System.Data;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage.Postgres;

/// <summary>The same tables on PostgreSQL, with migrations of their own, and one more: who wrote last.</summary>
internal sealed class PostgresDbContext(DbContextOptions<PostgresDbContext> options) : HpoDbContext(options)
{
    /// <remarks>Under its default, read committed, each query of a transaction sees what was committed before that query.</remarks>
    protected override IsolationLevel Snapshot => IsolationLevel.RepeatableRead;

    public override IQueryable<StudyRow> StudiesLike(string pattern) =>
        Studies.Where(s => EF.Functions.ILike(s.Name, pattern, @"\") || EF.Functions.ILike(s.Description!, pattern, @"\"));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        // Rows that every transaction writes anew find room on their page.
        modelBuilder.Entity<StudyRow>().HasStorageParameter("fillfactor", 50);
        modelBuilder.Entity<WriterRow>(writer => writer.ToTable("writers").HasStorageParameter("fillfactor", 20).HasKey(w => w.Id));
        // As SQLite compares, whatever the database's own collation is: by bytes.
        foreach (var text in modelBuilder.Model.GetEntityTypes().SelectMany(e => e.GetProperties()).Where(p => (p.GetProviderClrType() ?? p.ClrType) == typeof(string) || p.ClrType.IsEnum))
            text.SetCollation("C");
    }
}
