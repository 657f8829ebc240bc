using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using HpoService.Storage;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HpoService.Api.Tests;

/// <summary>A service with a key for each role.</summary>
public sealed class KeyedHost : ApiHost, IAsyncLifetime
{
    public Dictionary<Role, string> Keys { get; } = [];

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        await CreateAsync("before"); // without keys, whoever is on this machine may
        foreach (var role in Enum.GetValues<Role>())
            Keys[role] = await Services.GetRequiredService<ApiKeyStore>().AddAsync($"{role}", role, default);
        while ((await CallAsync(null, HttpMethod.Get, "studies")).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(50);
    }

    public async Task<HttpResponseMessage> CallAsync(string? key, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/api/v1/{path}")
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}

/// <summary>Who may call.</summary>
public sealed class AccessTests(KeyedHost api) : IClassFixture<KeyedHost>
{
    [Fact]
    public async Task Without_a_key_it_is_401_unauthenticated_with_the_scheme()
    {
        using var response = await api.CallAsync(null, HttpMethod.Get, "studies");
        await IsAsync(response, 401, "unauthenticated");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        using var empty = await api.CallAsync("", HttpMethod.Get, "events");
        await IsAsync(empty, 401, "unauthenticated");
    }

    [Fact]
    public async Task With_a_key_that_is_wrong_in_one_character_it_is_401()
    {
        var good = api.Keys[Role.Admin];
        using var response = await api.CallAsync(good[..^1] + (good[^1] == 'A' ? 'B' : 'A'), HttpMethod.Get, "studies");
        await IsAsync(response, 401, "unauthenticated");
        Assert.DoesNotContain(good[20..], await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_is_worth_nothing_within_seconds()
    {
        var key = await Keys.AddAsync("fleeting", Role.Read, default);
        Assert.Equal(HttpStatusCode.OK, (await api.CallAsync(key, HttpMethod.Get, "studies")).StatusCode);
        await Keys.RevokeAsync("fleeting", default);
        for (var i = 0; (await api.CallAsync(key, HttpMethod.Get, "studies")).StatusCode != HttpStatusCode.Unauthorized; i++)
        {
            Assert.True(i < 100, "The key still works.");
            await Task.Delay(100);
        }
    }

    [Fact]
    public async Task Streams_of_a_revoked_key_end_before_they_tell_more()
    {
        var key = await Keys.AddAsync("listener", Role.Read, default);
        using var one = await api.CallAsync(key, HttpMethod.Get, "studies/before/events");
        using var all = await api.CallAsync(key, HttpMethod.Get, "events");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (one.StatusCode, all.StatusCode));
        await Keys.RevokeAsync("listener", default);
        while ((await api.CallAsync(key, HttpMethod.Get, "studies")).StatusCode != HttpStatusCode.Unauthorized)
            await Task.Delay(100);
        await api.CallAsync(api.Keys[Role.Write], HttpMethod.Patch, "studies/before", """{"description":"a secret"}""");
        foreach (var stream in new[] { one, all })
            Assert.DoesNotContain("a secret", await stream.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "studies/before", null, Role.Read)]
    [InlineData("GET", "studies/before/events", null, Role.Read)]
    [InlineData("GET", "workers", null, Role.Read)]
    [InlineData("POST", "studies/before/suggest", "{}", Role.Worker)]
    [InlineData("POST", "studies/before/trials/0/complete", """{"values":{"value":1},"leaseToken":"t"}""", Role.Worker)]
    [InlineData("PATCH", "studies/before/trials/0", """{"userAttributes":{}}""", Role.Worker)]
    [InlineData("POST", "studies/before/enqueue", """{"trials":[]}""", Role.Write)]
    [InlineData("PATCH", "studies/before", "{}", Role.Write)]
    [InlineData("POST", "studies", "{}", Role.Write)]
    [InlineData("POST", "workers/none/drain", null, Role.Admin)]
    [InlineData("GET", "datasets/digits", null, Role.Read)]
    [InlineData("DELETE", "datasets/none", null, Role.Write)]
    [InlineData("POST", "studies/before/predict", """{"rows":[{}]}""", Role.Read)]
    [InlineData("POST", "studies/before/retrain", "{}", Role.Write)]
    public async Task A_role_may_do_what_it_is_for_and_what_lesser_ones_may(string method, string path, string? body, Role least)
    {
        foreach (var (role, key) in api.Keys)
        {
            using var response = await api.CallAsync(key, new HttpMethod(method), path, body);
            if (role < least)
                await IsAsync(response, 403, "forbidden");
            else
                Assert.False(response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, $"{role}: {response.StatusCode}");
        }
    }

    [Theory, InlineData(Role.Read, false), InlineData(Role.Worker, false), InlineData(Role.Write, true)]
    public async Task Files_are_taken_from_those_who_may_write(Role role, bool may)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/datasets") { Content = new MultipartFormDataContent { { new StringContent("x"), "name" } } };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.Keys[role]);
        using var response = await api.Http.SendAsync(request);
        Assert.Equal(may ? HttpStatusCode.UnprocessableEntity : HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public void Every_endpoint_of_the_contract_needs_a_role_and_every_change_more_than_read()
    {
        var endpoints = api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(endpoints);
        foreach (var endpoint in endpoints)
        {
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy).ToList();
            Assert.Contains("read", policies);
            // Predicting sends rows, and changes nothing.
            if (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods is not ["GET"] && !endpoint.RoutePattern.RawText!.EndsWith("/predict", StringComparison.Ordinal))
                Assert.True(policies.Intersect(["worker", "write", "admin"]).Any(), endpoint.DisplayName);
        }
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/problems/unauthenticated")]
    public async Task What_a_browser_or_a_supervisor_needs_before_there_is_a_key_is_open(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await api.CallAsync(null, HttpMethod.Get, path)).StatusCode);

    [Fact]
    public async Task No_file_of_the_data_folder_holds_a_secret()
    {
        foreach (var key in api.Keys.Values)
            Assert.Equal(HttpStatusCode.OK, (await api.CallAsync(key, HttpMethod.Get, "studies")).StatusCode);
        foreach (var file in Directory.EnumerateFiles(api.Folder))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var text = await reader.ReadToEndAsync();
            Assert.All(api.Keys.Values, key => Assert.DoesNotContain(key[17..], text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_key_s_name_is_its_own_and_plain()
    {
        await Assert.ThrowsAsync<InvalidValuesException>(() => Keys.AddAsync("Read", Role.Read, default));
        await Assert.ThrowsAsync<InvalidValuesException>(() => Keys.AddAsync("(anonymous)", Role.Read, default));
        await Assert.ThrowsAsync<NotFoundException>(() => Keys.RevokeAsync("nobody", default));
    }

    private ApiKeyStore Keys => api.Services.GetRequiredService<ApiKeyStore>();

    private static async Task IsAsync(HttpResponseMessage response, int status, string type)
    {
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((status, $"/problems/{type}"), ((int)response.StatusCode, problem.GetProperty("type").GetString()));
        Assert.Contains("but got", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
