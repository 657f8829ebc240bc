using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace HpoService.Storage.Migrations
{
    /// <inheritdoc />
    public partial class Surface : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsFeasible",
                table: "trials",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "Score",
                table: "trials",
                type: "REAL",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ConstraintsJson",
                table: "studies",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.AddColumn<int>(
                name: "FrontSize",
                table: "studies",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsTargetReached",
                table: "studies",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "ParameterConstraintsJson",
                table: "studies",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]");

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Role = table.Column<string>(type: "TEXT", nullable: false),
                    Salt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    RevokedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "commands",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    CardJson = table.Column<string>(type: "TEXT", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_commands", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "front_trials",
                columns: table => new
                {
                    StudyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Number = table.Column<int>(type: "INTEGER", nullable: false),
                    ScoresJson = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_front_trials", x => new { x.StudyId, x.Number });
                    table.ForeignKey(
                        name: "FK_front_trials_trials_StudyId_Number",
                        columns: x => new { x.StudyId, x.Number },
                        principalTable: "trials",
                        principalColumns: new[] { "StudyId", "Number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "probes",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_probes", x => x.Name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_trials_StudyId_Score_Number",
                table: "trials",
                columns: new[] { "StudyId", "Score", "Number" },
                filter: "\"Score\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_api_keys_Name",
                table: "api_keys",
                column: "Name",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "commands");

            migrationBuilder.DropTable(
                name: "front_trials");

            migrationBuilder.DropTable(
                name: "probes");

            migrationBuilder.DropIndex(
                name: "IX_trials_StudyId_Score_Number",
                table: "trials");

            migrationBuilder.DropColumn(
                name: "IsFeasible",
                table: "trials");

            migrationBuilder.DropColumn(
                name: "Score",
                table: "trials");

            migrationBuilder.DropColumn(
                name: "ConstraintsJson",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "FrontSize",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "IsTargetReached",
                table: "studies");

            migrationBuilder.DropColumn(
                name: "ParameterConstraintsJson",
                table: "studies");
        }
    }
}
