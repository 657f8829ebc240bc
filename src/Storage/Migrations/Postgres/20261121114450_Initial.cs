using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace HpoService.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Role = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Salt = table.Column<byte[]>(type: "bytea", nullable: false),
                    Hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    RevokedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_keys", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "commands",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CardJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_commands", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    Scope = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RequestHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ResultJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_keys", x => new { x.Scope, x.Key });
                });

            migrationBuilder.CreateTable(
                name: "models",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CardJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_models", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "probes",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_probes", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "studies",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    QueuedTrials = table.Column<int>(type: "integer", nullable: false),
                    RunningTrials = table.Column<int>(type: "integer", nullable: false),
                    CompletedTrials = table.Column<int>(type: "integer", nullable: false),
                    PrunedTrials = table.Column<int>(type: "integer", nullable: false),
                    InfeasibleTrials = table.Column<int>(type: "integer", nullable: false),
                    FailedTrials = table.Column<int>(type: "integer", nullable: false),
                    CanceledTrials = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Description = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LabelsJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CompletionReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    UpdatedAt = table.Column<long>(type: "bigint", nullable: false),
                    CompletedAt = table.Column<long>(type: "bigint", nullable: true),
                    ObjectivesJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ParametersJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ConstraintsJson = table.Column<string>(type: "text", nullable: false, defaultValue: "[]", collation: "C"),
                    ParameterConstraintsJson = table.Column<string>(type: "text", nullable: false, defaultValue: "[]", collation: "C"),
                    SamplerJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PrunerJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    BudgetJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RunnerJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    RunnerKind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    MaxAttempts = table.Column<int>(type: "integer", nullable: false),
                    NextNumber = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    BestNumber = table.Column<int>(type: "integer", nullable: true),
                    BestScore = table.Column<double>(type: "double precision", nullable: true),
                    TrialsWithoutImprovement = table.Column<int>(type: "integer", nullable: false),
                    FrontSize = table.Column<int>(type: "integer", nullable: true),
                    IsTargetReached = table.Column<bool>(type: "boolean", nullable: false),
                    IsExhausted = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_studies", x => x.Id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 50);

            migrationBuilder.CreateTable(
                name: "workers",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Slots = table.Column<int>(type: "integer", nullable: false),
                    StartedAt = table.Column<long>(type: "bigint", nullable: false),
                    LastHeartbeatAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_workers", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "writers",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Turn = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_writers", x => x.Id);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 20);

            migrationBuilder.CreateTable(
                name: "trials",
                columns: table => new
                {
                    StudyId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    State = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ParametersJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    IsPartial = table.Column<bool>(type: "boolean", nullable: false),
                    SuggestedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    Failures = table.Column<int>(type: "integer", nullable: false),
                    LeaseLosses = table.Column<int>(type: "integer", nullable: false),
                    Worker = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LeaseToken = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    LeaseExpiresAt = table.Column<long>(type: "bigint", nullable: true),
                    LeaseMilliseconds = table.Column<long>(type: "bigint", nullable: false),
                    FailedToken = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    StopRequested = table.Column<bool>(type: "boolean", nullable: false),
                    StopReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ValuesJson = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    IsFeasible = table.Column<bool>(type: "boolean", nullable: true),
                    Score = table.Column<double>(type: "double precision", nullable: true),
                    LatestMeasurementJson = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Error = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    UserAttributesJson = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    StartedAt = table.Column<long>(type: "bigint", nullable: true),
                    CompletedAt = table.Column<long>(type: "bigint", nullable: true),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trials", x => new { x.StudyId, x.Number });
                    table.ForeignKey(
                        name: "FK_trials_studies_StudyId",
                        column: x => x.StudyId,
                        principalTable: "studies",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "front_trials",
                columns: table => new
                {
                    StudyId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    ScoresJson = table.Column<string>(type: "text", nullable: false, collation: "C")
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
                name: "measurements",
                columns: table => new
                {
                    StudyId = table.Column<long>(type: "bigint", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    Step = table.Column<long>(type: "bigint", nullable: false),
                    ValuesJson = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ReportedAt = table.Column<long>(type: "bigint", nullable: false),
                    Version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_measurements", x => new { x.StudyId, x.Number, x.Step });
                    table.ForeignKey(
                        name: "FK_measurements_trials_StudyId_Number",
                        columns: x => new { x.StudyId, x.Number },
                        principalTable: "trials",
                        principalColumns: new[] { "StudyId", "Number" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_api_keys_Name",
                table: "api_keys",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_measurements_StudyId_Version",
                table: "measurements",
                columns: new[] { "StudyId", "Version" });

            migrationBuilder.CreateIndex(
                name: "IX_studies_Name",
                table: "studies",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_studies_State_RunnerKind",
                table: "studies",
                columns: new[] { "State", "RunnerKind" });

            migrationBuilder.CreateIndex(
                name: "IX_trials_LeaseExpiresAt",
                table: "trials",
                column: "LeaseExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_trials_StudyId_Score_Number",
                table: "trials",
                columns: new[] { "StudyId", "Score", "Number" },
                filter: "\"Score\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_trials_StudyId_State_Number",
                table: "trials",
                columns: new[] { "StudyId", "State", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_trials_StudyId_Version",
                table: "trials",
                columns: new[] { "StudyId", "Version" });
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
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "measurements");

            migrationBuilder.DropTable(
                name: "models");

            migrationBuilder.DropTable(
                name: "probes");

            migrationBuilder.DropTable(
                name: "workers");

            migrationBuilder.DropTable(
                name: "writers");

            migrationBuilder.DropTable(
                name: "trials");

            migrationBuilder.DropTable(
                name: "studies");
        }
    }
}
