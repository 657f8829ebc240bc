using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HpoService.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Changes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "changes",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    StudyId = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_changes", x => x.Number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_changes_StudyId",
                table: "changes",
                column: "StudyId",
                unique: true);

            // A migration that has SQLite make the table of studies anew must create these anew, too; a test of every store misses them otherwise.
            foreach (var (name, moment, row) in new[] { ("came", "INSERT", "NEW"), ("changed", "UPDATE OF \"Version\"", "NEW"), ("went", "DELETE", "OLD") })
                migrationBuilder.Sql($"""
                    CREATE TRIGGER study_{name} AFTER {moment} ON studies BEGIN
                        DELETE FROM changes WHERE "StudyId" = {row}."Id";
                        INSERT INTO changes ("StudyId") VALUES ({row}."Id");
                    END;
                    """);
            migrationBuilder.Sql("""INSERT INTO changes ("StudyId") SELECT "Id" FROM studies ORDER BY "Id";""");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            foreach (var name in new[] { "came", "changed", "went" })
                migrationBuilder.Sql($"DROP TRIGGER study_{name};");
            migrationBuilder.DropTable(
                name: "changes");
        }
    }
}
