namespace HpoService.Api.Tests;

public sealed class ProblemTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData("{", 400, "malformed-request", "")]
    [InlineData("""{"name":"a","nonsense":1}""", 400, "malformed-request", "/nonsense")]
    [InlineData("""{"name":1}""", 400, "malformed-request", "/name")]
    [InlineData("""{"name":"a"}""", 422, "invalid-search-space", "/parameters")]
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"float","low":1,"high":1}]}""", 422, "invalid-search-space", "/parameters/0/low")]
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"float","low":0,"high":1,"scale":"log"}]}""", 422, "invalid-search-space", "/parameters/0/low")]
    [InlineData("""{"name":"a b","parameters":[{"name":"x","type":"boolean"}]}""", 422, "invalid-study", "/name")]
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"boolean"}],"sampler":{"kind":"psychic"}}""", 422, "invalid-study", "/sampler/kind")]
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"boolean"}],"sampler":{"kind":"grid","options":{"resolution":1}}}""", 422, "invalid-study", "/sampler/options/resolution")]
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"boolean"}],"initialTrials":[{"x":3}]}""", 422, "invalid-parameter-values", "/initialTrials/0/x")]
    [InlineData("""{"name":"a","runner":{"kind":"training","model":"none"}}""", 422, "unknown-model", "/runner/model")]
    public async Task A_bad_study_is_refused_with_the_field_and_the_rule(string body, int status, string type, string pointer)
    {
        var (actual, problem) = await api.SendAsync(HttpMethod.Post, "studies", body);

        Assert.Equal((status, $"/problems/{type}"), ((int)actual, problem.GetProperty("type").GetString()));
        Assert.Equal(pointer, problem.GetProperty("pointer").GetString());
        Assert.Contains("but got", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(200, (int)(await api.SendAsync(HttpMethod.Get, $"/problems/{type}")).Status);
    }

    [Fact]
    public async Task One_bad_request_lists_all_its_errors()
    {
        var (_, problem) = await api.SendAsync(HttpMethod.Post, "studies",
            """{"name":"a b","parameters":[{"name":"x","type":"float","low":1,"high":0},{"name":"y","type":"odd"}],"sampler":{"kind":"psychic"},"budget":{"maxTrials":0}}""");
        var pointers = problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString());
        Assert.Equal(["/parameters/0/low", "/parameters/1/type", "/name", "/budget/maxTrials", "/sampler/kind"], pointers);
    }

    [Fact]
    public async Task What_is_not_there_is_a_404_that_says_what()
    {
        await api.CreateAsync("here");
        Assert.Equal("/problems/study-not-found", (await api.SendAsync(HttpMethod.Get, "studies/nowhere")).Body.GetProperty("type").GetString());
        Assert.Equal("/problems/trial-not-found", (await api.SendAsync(HttpMethod.Get, "studies/here/trials/7")).Body.GetProperty("type").GetString());
        Assert.Equal("/problems/model-not-found", (await api.SendAsync(HttpMethod.Get, "models/none")).Body.GetProperty("type").GetString());
        Assert.Equal("/problems/worker-not-found", (await api.SendAsync(HttpMethod.Post, "workers/none/drain")).Body.GetProperty("type").GetString());
    }

    [Fact]
    public async Task A_taken_name_is_a_409()
    {
        await api.CreateAsync("taken");
        var (status, problem) = await api.SendAsync(HttpMethod.Post, "studies", """{"name":"taken","parameters":[{"name":"x","type":"boolean"}]}""");
        Assert.Equal((409, "/problems/name-taken"), ((int)status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_stale_version_is_a_412()
    {
        await api.CreateAsync("versioned");
        using var request = new HttpRequestMessage(HttpMethod.Patch, "api/v1/studies/versioned") { Content = new StringContent("{}", System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "\"99\"");
        Assert.Equal(412, (int)(await api.Http.SendAsync(request)).StatusCode);
    }
}
