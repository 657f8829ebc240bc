using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HpoService.Storage.Migrations
{
    /// <inheritdoc />
    public partial class TrialCounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "CanceledTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "CompletedTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "FailedTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "InfeasibleTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "PrunedTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "QueuedTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "RunningTrials",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            foreach (var state in new[] { "Queued", "Running", "Completed", "Pruned", "Infeasible", "Failed", "Canceled" })
            {
                migrationBuilder.Sql(
                    $"""UPDATE "studies" SET "{state}Trials" = (SELECT COUNT(*) FROM "trials" WHERE "StudyId" = "studies"."Id" AND "State" = '{state}');""");
            }

            // They held the trials' numbers only; whole answers, with the tokens, are remembered from now on.
            migrationBuilder.Sql("""DELETE FROM "idempotency_keys" WHERE "Scope" LIKE 'suggest/%';""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "CanceledTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "CompletedTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "FailedTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "InfeasibleTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "PrunedTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "QueuedTrials",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "RunningTrials",
                table: "studies");
        }
    }
}
