using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HpoService.Storage.Tests;

public sealed class SqliteStoreTests() : StoreConformance(TestDatabase.Sqlite), IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-store-").FullName;

    [Fact]
    public async Task A_database_from_before_the_trial_counts_gets_them()
    {
        await using var context = Database.Sqlite(Path.Combine(_folder, "old.db")).Open();
        await context.GetService<IMigrator>().MigrateAsync("20261121031504_Initial");
        await context.Database.ExecuteSqlRawAsync("""
            INSERT INTO studies (Id, Name, LabelsJson, State, CreatedAt, UpdatedAt, ObjectivesJson, ParametersJson, SamplerJson, PrunerJson, BudgetJson,
                RunnerJson, RunnerKind, MaxAttempts, NextNumber, Version, TrialsWithoutImprovement, IsExhausted)
            VALUES (1, 's', '', 'Active', 0, 0, '', '', '', '', '', '', 'external', 2, 3, 1, 0, 0);
            INSERT INTO trials (StudyId, Number, State, ParametersJson, IsPartial, Attempt, Failures, LeaseLosses, LeaseMilliseconds, StopRequested, CreatedAt, Version)
            VALUES (1, 0, 'Completed', '', 0, 1, 0, 0, 0, 0, 0, 1), (1, 1, 'Completed', '', 0, 1, 0, 0, 0, 0, 0, 1), (1, 2, 'Running', '', 0, 1, 0, 0, 0, 0, 0, 1);
            """);
        await context.Database.MigrateAsync();
        var study = await context.Studies.SingleAsync();
        Assert.Equal((2, 1, 0), (study.CompletedTrials, study.RunningTrials, study.QueuedTrials));
    }

    [Fact]
    public async Task A_process_killed_while_it_migrated_does_not_hold_up_the_next_one()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "killed.db"));
        await using (var context = database.Open())
        {
            await context.GetService<IMigrator>().MigrateAsync("20261121031504_Initial");
            await context.Database.ExecuteSqlRawAsync("INSERT INTO __EFMigrationsLock (Id, Timestamp) VALUES (1, '2026-01-01')");
        }

        await Task.WhenAll(database.MigrateAsync(default), database.MigrateAsync(default)).WaitAsync(TimeSpan.FromSeconds(20));
        await using var after = database.Open();
        Assert.Empty(await after.Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task A_folder_in_which_nothing_can_be_written_is_not_waited_for()
    {
        // As on a file system that is read-only, which takes other rights than a test has: a running program cannot be opened for writing.
        File.CreateSymbolicLink(Path.Combine(_folder, "ro.db.migrating"), Environment.ProcessPath!);
        await Assert.ThrowsAsync<UnwritableException>(() => Database.Sqlite(Path.Combine(_folder, "ro.db")).MigrateAsync(default).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_database_that_another_process_holds_for_too_long_is_busy()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "busy.db"), patience: TimeSpan.FromSeconds(1));
        await database.MigrateAsync(default);
        await using var other = database.Open();
        await using (await other.Database.BeginTransactionAsync())
            await Assert.ThrowsAsync<BusyException>(() => database.WriteAsync(_ => Task.FromResult(0), default));
        Assert.Equal(0, await database.WriteAsync(_ => Task.FromResult(0), default));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_system_s_engine_is_used_not_the_old_bundled_one() => Assert.True(new Version(Database.Engine) >= new Version(3, 40), Database.Engine);
}
