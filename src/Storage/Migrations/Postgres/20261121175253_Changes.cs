using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace HpoService.Storage.Migrations.Postgres
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
                    Number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    StudyId = table.Column<long>(type: "bigint", nullable: false)
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

            migrationBuilder.Sql("""
                CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS '
                BEGIN
                    INSERT INTO changes ("StudyId") VALUES (CASE TG_OP WHEN ''DELETE'' THEN OLD."Id" ELSE NEW."Id" END)
                    ON CONFLICT ("StudyId") DO UPDATE SET "Number" = excluded."Number";
                    RETURN NULL;
                END';
                CREATE TRIGGER study_changed AFTER INSERT OR UPDATE OF "Version" OR DELETE ON studies FOR EACH ROW EXECUTE FUNCTION note_change();
                INSERT INTO changes ("StudyId") SELECT "Id" FROM studies ORDER BY "Id";
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER study_changed ON studies; DROP FUNCTION note_change();");
            migrationBuilder.DropTable(
                name: "changes");
        }
    }
}
