using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HpoService.Storage;
using HpoService.Worker;
using HpoService.Worker.DataSets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HpoService.Api.Tests;

/// <summary>The real API on a real port over a real SQLite file, unless a subclass has another database.</summary>
public class ApiHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-api-").FullName;
    private WebApplication? _app;

    /// <summary>Settings of the service, such as Limits:BodyBytes.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>();

    /// <summary>What reads files that are sent.</summary>
    protected virtual string[] TrialCommand => [Path.Combine(AppContext.BaseDirectory, "hpo"), "trial-process"];

    /// <summary>How long a write waits for other processes.</summary>
    protected virtual TimeSpan? Patience => null;

    public WebApplication App => _app!;

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public string Folder => _folder;

    public async Task InitializeAsync()
    {
        await PrepareAsync();
        var database = OpenDatabase();
        await database.MigrateAsync(CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddHpoStorage(database).AddHpoApi().AddHpoDesks(new DeskOptions { TrialCommand = TrialCommand, DataFolder = _folder });
        _app = builder.Build().MapHpoApi();
        Extend(_app);
        await _app.StartAsync();
        Http.BaseAddress = new Uri(_app.Urls.First());
    }

    /// <summary>Sees to what the database needs.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Opens the database as one more process does.</summary>
    protected virtual Database OpenDatabase() => Database.Sqlite(Path.Combine(_folder, "hpo.db"), Patience);

    /// <summary>Endpoints that only a test has.</summary>
    protected virtual void Extend(WebApplication app)
    {
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _app!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The stores of another process on the same database.</summary>
    public ServiceProvider OpenOther() => new ServiceCollection().AddHpoStorage(OpenDatabase()).BuildServiceProvider();

    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/v1/{path}")
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? json, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/v1/{path}")
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    /// <summary>Takes one trial of a study.</summary>
    public async Task<(int Number, string Token)> TakeAsync(string study)
    {
        var trial = (await PostAsync($"studies/{study}/suggest")).GetProperty("trials")[0];
        return (trial.GetProperty("number").GetInt32(), trial.GetProperty("lease").GetProperty("token").GetString()!);
    }

    /// <summary>Completes a trial that was taken.</summary>
    public Task<JsonElement> CompleteAsync(string study, (int Number, string Token) trial, string values) =>
        PostAsync($"studies/{study}/trials/{trial.Number}/complete", $$"""{"values":{{values}},"leaseToken":"{{trial.Token}}"}""");

    /// <summary>Takes a trial of a study and completes it.</summary>
    public async Task<JsonElement> RunAsync(string study, string values) => await CompleteAsync(study, await TakeAsync(study), values);

    public async Task<JsonElement> PostAsync(string path, string json = "{}")
    {
        var (status, body) = await SendAsync(HttpMethod.Post, path, json);
        Assert.True((int)status < 300, $"{status}: {body}");
        return body;
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>($"api/v1/{path}");

    /// <summary>Takes a study's next trial and completes it.</summary>
    public async Task<JsonElement> CompleteAsync(string study, string values)
    {
        var trial = (await PostAsync($"studies/{study}/suggest")).GetProperty("trials")[0];
        return await PostAsync($"studies/{study}/trials/{trial.GetProperty("number")}/complete", $$"""{"values":{{values}},"leaseToken":"{{trial.GetProperty("lease").GetProperty("token").GetString()}}"}""");
    }

    /// <summary>A study of one float with a random sampler.</summary>
    public Task<JsonElement> CreateAsync(string name, string more = "") => PostAsync("studies",
        $$"""{"name":"{{name}}","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"random","seed":1}{{more}}}""");
}
