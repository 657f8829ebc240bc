using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

/// <summary>The contract's error table, a fact a row. Keys, limits and shutdown have their own files.</summary>
public sealed class ErrorTableTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string X = """ "parameters":[{"name":"x","type":"float","low":0,"high":1}] """;

    [Fact]
    public Task What_is_not_JSON_is_400_malformed_request() => IsAsync(400, "malformed-request", HttpMethod.Post, "studies", "{\"name\":");

    [Fact]
    public Task An_unknown_field_is_400_malformed_request() => IsAsync(400, "malformed-request", HttpMethod.Post, "studies", $$"""{"name":"a",{{X}},"extra":1}""", "/extra");

    [Fact]
    public Task A_wrong_type_is_400_malformed_request() =>
        IsAsync(400, "malformed-request", HttpMethod.Post, "studies", """{"name":"a","parameters":[{"name":"x","type":"float","low":"0"}]}""", "/parameters/0/low");

    [Fact]
    public Task A_study_that_is_not_there_is_404_study_not_found() => IsAsync(404, "study-not-found", HttpMethod.Post, "studies/nowhere/suggest", "{}");

    [Fact]
    public async Task A_trial_that_is_not_there_is_404_trial_not_found()
    {
        await api.CreateAsync("t404");
        await IsAsync(404, "trial-not-found", HttpMethod.Post, "studies/t404/trials/0/complete", """{"values":{"value":1},"leaseToken":"t"}""");
    }

    [Fact]
    public Task A_model_that_is_not_there_is_404_model_not_found() => IsAsync(404, "model-not-found", HttpMethod.Get, "models/nothing");

    [Fact]
    public Task A_worker_that_is_not_there_is_404_worker_not_found() => IsAsync(404, "worker-not-found", HttpMethod.Post, "workers/nobody/drain");

    [Fact]
    public Task A_path_that_is_not_there_is_404_not_found() => IsAsync(404, "not-found", HttpMethod.Get, "study");

    [Fact]
    public async Task A_name_that_exists_is_409_name_taken()
    {
        await api.CreateAsync("t409");
        await IsAsync(409, "name-taken", HttpMethod.Post, "studies", $$"""{"name":"t409",{{X}}}""", "/name");
    }

    [Fact]
    public async Task A_move_that_the_states_do_not_have_is_409_illegal_move()
    {
        await api.CreateAsync("moved");
        await api.PostAsync("studies/moved/cancel");
        await IsAsync(409, "illegal-move", HttpMethod.Post, "studies/moved/resume");
    }

    [Fact]
    public async Task Another_result_for_a_final_trial_is_409_illegal_move()
    {
        await api.CreateAsync("final");
        var trial = await api.TakeAsync("final");
        await api.CompleteAsync("final", trial, """{"value":1}""");
        await IsAsync(409, "illegal-move", HttpMethod.Post, "studies/final/trials/0/complete", $$$"""{"values":{"value":2},"leaseToken":"{{{trial.Token}}}"}""");
    }

    [Fact]
    public async Task A_trial_for_a_study_that_ended_is_409_study_closed()
    {
        await api.CreateAsync("closed");
        await api.PostAsync("studies/closed/cancel");
        await IsAsync(409, "study-closed", HttpMethod.Post, "studies/closed/enqueue", """{"trials":[{"x":0.5}]}""");
    }

    [Fact]
    public async Task A_result_for_a_trial_that_somebody_else_holds_is_409_stale_lease()
    {
        await api.CreateAsync("stale");
        await api.TakeAsync("stale");
        await IsAsync(409, "stale-lease", HttpMethod.Post, "studies/stale/trials/0/complete", """{"values":{"value":2},"leaseToken":"another"}""", "/leaseToken");
    }

    [Fact]
    public async Task A_key_that_came_with_another_request_is_409_idempotency_conflict()
    {
        await api.CreateAsync("conflict");
        await api.SendAsync(HttpMethod.Post, "studies/conflict/enqueue", """{"trials":[{"x":0.5}]}""", "k");
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies/conflict/enqueue", """{"trials":[{"x":0.6}]}""", "k");
        Check(409, "idempotency-conflict", (int)status, problem);
    }

    [Fact]
    public async Task A_version_that_is_over_is_412_version_mismatch()
    {
        await api.CreateAsync("t412");
        using var response = await api.SendAsync(HttpMethod.Delete, "studies/t412", null, ("If-Match", "\"7\""));
        Check(412, "version-mismatch", (int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    [Fact]
    public async Task Another_media_type_is_415()
    {
        using var content = new StringContent("name: a", null, "application/yaml");
        using var response = await api.Http.PostAsync("api/v1/studies", content);
        Check(415, "unsupported-media-type", (int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    [Fact]
    public Task A_study_that_breaks_a_rule_is_422_invalid_study() => IsAsync(422, "invalid-study", HttpMethod.Post, "studies", $$"""{"name":"a",{{X}},"maxAttempts":0}""", "/maxAttempts");

    [Fact]
    public Task A_space_that_contradicts_itself_is_422_invalid_search_space() =>
        IsAsync(422, "invalid-search-space", HttpMethod.Post, "studies", """{"name":"a","parameters":[{"name":"x","type":"float","low":2,"high":1}]}""", "/parameters/0/low");

    [Fact]
    public async Task A_point_outside_of_its_space_is_422_invalid_parameter_values()
    {
        await api.CreateAsync("outside");
        await IsAsync(422, "invalid-parameter-values", HttpMethod.Post, "studies/outside/enqueue", """{"trials":[{"x":0.5},{"x":2}]}""", "/trials/1/x");
    }

    [Fact]
    public async Task A_result_without_its_objective_is_422_invalid_values()
    {
        await api.CreateAsync("without");
        var (_, token) = await api.TakeAsync("without");
        await IsAsync(422, "invalid-values", HttpMethod.Post, "studies/without/trials/0/complete", $$$"""{"values":{"other":1},"leaseToken":"{{{token}}}"}""", "/values/value");
    }

    [Fact]
    public Task A_model_that_no_worker_has_is_422_unknown_model() =>
        IsAsync(422, "unknown-model", HttpMethod.Post, "studies", """{"name":"a","runner":{"kind":"training","model":"none"}}""", "/runner/model");

    [Fact]
    public async Task A_data_set_that_the_model_does_not_know_is_422_unknown_dataset()
    {
        await api.Services.GetRequiredService<ModelStore>().PublishAsync(
            [new ModelCard("tiny", "", "{}", [new FloatParameter("x", 0, 1)], ["digits"], [new Objective("accuracy", Direction.Maximize)])], default);
        await IsAsync(422, "unknown-dataset", HttpMethod.Post, "studies", """{"name":"a","runner":{"kind":"training","model":"tiny","dataset":"none"}}""", "/runner/dataset");
    }

    [Theory]
    [InlineData("""{"parallelism":{"processes":20}}""", "", "/runner/settings/parallelism/processes")]
    [InlineData("""{"epoch":3}""", "", "/runner/settings/epoch")]
    [InlineData("""{"epochs":"many"}""", "", "/runner/settings/epochs")]
    [InlineData("{}", ""","parameters":[{"name":"epochs","type":"int","low":-5,"high":0}]""", "/parameters/0")]
    [InlineData("{}", ""","parameters":[{"name":"epoch","type":"int","low":1,"high":5}]""", "/parameters/0/name")]
    public async Task Settings_with_which_no_trial_could_be_trained_are_422_invalid_study(string settings, string more, string pointer)
    {
        const string Schema = """
            {"type":"object","additionalProperties":false,"properties":{"epochs":{"type":"integer","minimum":1},
             "parallelism":{"type":"object","properties":{"processes":{"type":"integer","maximum":8}}}}}
            """;
        await api.Services.GetRequiredService<ModelStore>().PublishAsync(
            [new ModelCard("strict", "", Schema, [new IntParameter("epochs", 1, 9)], ["digits"], [new Objective("accuracy", Direction.Maximize)])], default);
        await IsAsync(422, "invalid-study", HttpMethod.Post, "studies", $$$"""{"name":"unworkable"{{{more}}},"runner":{"kind":"training","model":"strict","dataset":"digits","settings":{{{settings}}}}}""", pointer);
    }

    [Fact]
    public async Task A_command_that_no_operator_registered_is_422_unknown_command()
    {
        await api.Services.GetRequiredService<CommandStore>().PublishAsync([new CommandCard("known", "", [new CommandArgument("data", null, ["a", "b"])])], default);
        await IsAsync(422, "unknown-command", HttpMethod.Post, "studies", $$$$"""{"name":"a",{{{{X}}}},"runner":{"kind":"command","command":"rm -rf /"}}""", "/runner/command");
        await IsAsync(422, "invalid-study", HttpMethod.Post, "studies", $$$$"""{"name":"a",{{{{X}}}},"runner":{"kind":"command","command":"known"}}""", "/runner/arguments/data");
        await IsAsync(422, "invalid-study", HttpMethod.Post, "studies", $$$$"""{"name":"a",{{{{X}}}},"runner":{"kind":"command","command":"known","arguments":{"data":"c"}}}""", "/runner/arguments/data");
        await IsAsync(422, "invalid-study", HttpMethod.Post, "studies", $$$$"""{"name":"a",{{{{X}}}},"runner":{"kind":"command","command":"known","arguments":{"data":"a","x":1}}}""", "/runner/arguments/x");
    }

    [Fact]
    public async Task A_bug_is_500_with_a_trace_id_and_nothing_else()
    {
        await api.CreateAsync("broken");
        await using var raw = new SqliteConnection($"Data Source={Path.Combine(api.Folder, "hpo.db")}");
        await raw.OpenAsync();
        await using var command = raw.CreateCommand();
        command.CommandText = "UPDATE studies SET BudgetJson = 'no JSON' WHERE Name = 'broken'";
        await command.ExecuteNonQueryAsync();
        var (status, problem) = await api.SendAsync(HttpMethod.Get, "studies/broken");
        Assert.Equal(["status", "title", "traceId", "type"], problem.EnumerateObject().Select(p => p.Name).Order());
        Assert.Equal((500, "/problems/internal-error"), ((int)status, problem.GetProperty("type").GetString()));
        await api.SendAsync(HttpMethod.Delete, "studies/broken");
    }

    private async Task IsAsync(int status, string type, HttpMethod method, string path, string? body = null, string? pointer = null)
    {
        var (actual, problem) = await api.SendAsync(method, path, body);
        Check(status, type, (int)actual, problem);
        if (pointer is not null)
            Assert.Equal(pointer, problem.GetProperty("pointer").GetString());
        Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, $"/problems/{type}")).Status);
    }

    private static void Check(int status, string type, int actual, JsonElement problem)
    {
        Assert.Equal((status, $"/problems/{type}", status), (actual, problem.GetProperty("type").GetString(), problem.GetProperty("status").GetInt32()));
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        if (type != "not-found")
            Assert.Contains("but got", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        foreach (var leak in new[] { "System.", "HpoService", "Exception", "SQLite", "SELECT", " at /", ".cs" })
            Assert.DoesNotContain(leak, problem.ToString(), StringComparison.Ordinal);
    }
}
