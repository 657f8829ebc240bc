using System.Data;
using HpoService.Storage.Rows;
using HpoService.Storage.Writing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace HpoService.Storage;

/// <summary>The tables. Enums are stored as text, times as Unix milliseconds.</summary>
internal class HpoDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>In a write: whose turn it is.</summary>
    public WriteTurn? Turn { get; set; }

    public DbSet<StudyRow> Studies => Set<StudyRow>();
    public DbSet<TrialRow> Trials => Set<TrialRow>();
    public DbSet<MeasurementRow> Measurements => Set<MeasurementRow>();
    public DbSet<WorkerRow> Workers => Set<WorkerRow>();
    public DbSet<ModelRow> Models => Set<ModelRow>();
    public DbSet<IdempotencyRow> IdempotencyKeys => Set<IdempotencyRow>();
    public DbSet<ChangeRow> Changes => Set<ChangeRow>();
    public DbSet<FrontRow> Front => Set<FrontRow>();
    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();
    public DbSet<CommandRow> Commands => Set<CommandRow>();
    public DbSet<ProbeRow> Probes => Set<ProbeRow>();

    /// <summary>Under which level all queries of a transaction see the same.</summary>
    protected virtual IsolationLevel Snapshot => IsolationLevel.ReadUncommitted; // SQLite: a transaction that does not ask for the write lock

    /// <summary>A transaction that only reads, and all of whose queries see the same.</summary>
    public Task<IDbContextTransaction> SnapshotAsync(CancellationToken cancellationToken) => Database.BeginTransactionAsync(Snapshot, cancellationToken);

    /// <summary>Studies whose name or description is like a pattern, ignoring case; a backslash takes a character as it is.</summary>
    public virtual IQueryable<StudyRow> StudiesLike(string pattern) =>
        Studies.Where(s => EF.Functions.Like(s.Name, pattern, @"\") || EF.Functions.Like(s.Description, pattern, @"\"));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<StudyRow>(study =>
        {
            study.ToTable("studies").HasKey(s => s.Id);
            study.HasIndex(s => s.Name).IsUnique();
            study.HasIndex(s => new { s.State, s.RunnerKind });
            study.Property(s => s.State).HasConversion<string>();
            study.Property(s => s.Version).IsConcurrencyToken();
            study.Property(s => s.ConstraintsJson).HasDefaultValue("[]");
            study.Property(s => s.ParameterConstraintsJson).HasDefaultValue("[]");
        });
        modelBuilder.Entity<TrialRow>(trial =>
        {
            trial.ToTable("trials").HasKey(t => new { t.StudyId, t.Number });
            trial.HasIndex(t => new { t.StudyId, t.State, t.Number });
            trial.HasIndex(t => new { t.StudyId, t.Version });
            trial.HasIndex(t => t.LeaseExpiresAt);
            trial.HasIndex(t => new { t.StudyId, t.Score, t.Number }).HasFilter("\"Score\" IS NOT NULL");
            trial.Property(t => t.State).HasConversion<string>().IsConcurrencyToken();
            trial.Property(t => t.LeaseToken).IsConcurrencyToken();
            trial.HasOne<StudyRow>().WithMany().HasForeignKey(t => t.StudyId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<MeasurementRow>(measurement =>
        {
            measurement.ToTable("measurements").HasKey(m => new { m.StudyId, m.Number, m.Step });
            measurement.HasIndex(m => new { m.StudyId, m.Version });
            measurement.HasOne<TrialRow>().WithMany().HasForeignKey(m => new { m.StudyId, m.Number }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ChangeRow>(change =>
        {
            change.ToTable("changes").HasKey(c => c.Number);
            change.HasIndex(c => c.StudyId).IsUnique();
        });
        modelBuilder.Entity<FrontRow>(front =>
        {
            front.ToTable("front_trials").HasKey(f => new { f.StudyId, f.Number });
            front.HasOne<TrialRow>().WithMany().HasForeignKey(f => new { f.StudyId, f.Number }).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<ApiKeyRow>(key =>
        {
            key.ToTable("api_keys").HasKey(k => k.Id);
            key.HasIndex(k => k.Name).IsUnique();
        });
        modelBuilder.Entity<CommandRow>().ToTable("commands").HasKey(c => c.Name);
        modelBuilder.Entity<ProbeRow>().ToTable("probes").HasKey(p => p.Name);
        modelBuilder.Entity<WorkerRow>().ToTable("workers").HasKey(w => w.Name);
        modelBuilder.Entity<ModelRow>().ToTable("models").HasKey(m => m.Name);
        modelBuilder.Entity<IdempotencyRow>(key =>
        {
            key.ToTable("idempotency_keys").HasKey(k => new { k.Scope, k.Key });
            key.HasIndex(k => k.CreatedAt);
        });
    }
}
