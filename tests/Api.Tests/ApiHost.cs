using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using HpoService.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HpoService.Api.Tests;

/// <summary>The real API on a real port over a real SQLite file.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-api-").FullName;
    private WebApplication? _app;

    public HttpClient Http { get; } = new();

    public async Task InitializeAsync()
    {
        var database = Database.Sqlite(Path.Combine(_folder, "hpo.db"));
        await database.MigrateAsync(CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHpoStorage(database).AddHpoApi();
        _app = builder.Build().MapHpoApi();
        await _app.StartAsync();
        Http.BaseAddress = new Uri(_app.Urls.First());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await _app!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>The stores of another process on the same file.</summary>
    public ServiceProvider OpenOther() => new ServiceCollection().AddHpoStorage(Database.Sqlite(Path.Combine(_folder, "hpo.db"))).BuildServiceProvider();

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

    public async Task<JsonElement> PostAsync(string path, string json = "{}")
    {
        var (status, body) = await SendAsync(HttpMethod.Post, path, json);
        Assert.True((int)status < 300, $"{status}: {body}");
        return body;
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>($"api/v1/{path}");

    /// <summary>A study of one float with a random sampler.</summary>
    public Task<JsonElement> CreateAsync(string name, string more = "") => PostAsync("studies",
        $$"""{"name":"{{name}}","parameters":[{"name":"x","type":"float","low":0,"high":1}],"sampler":{"kind":"random","seed":1}{{more}}}""");
}
