using HpoService.Search.Pruning;
using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage;
using Microsoft.Extensions.DependencyInjection;

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
    [InlineData("""{"name":"a","parameters":[{"name":"x","type":"boolean"},{"name":"y","type":"float","low":1e9,"high":1000000001,"step":5.960464477539063E-08}]}""", 422, "invalid-search-space", "/parameters/1/step")]
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
    public async Task A_study_of_an_earlier_version_whose_steps_are_too_small_by_now_is_there()
    {
        var definition = new StudyDefinition(
            "blurred", new SearchSpace([new FloatParameter("x", 1e9, 1e9 + 1, step: Math.Pow(2, -24))]), [new Objective("value", Direction.Minimize)], new SamplerSettings("random", 1), new PrunerSettings("none"),
            new Budget(), 1, new Runner());
        await api.Services.GetRequiredService<StudyStore>().CreateAsync(definition, null, new Dictionary<string, string>(), [], null, CancellationToken.None);
        Assert.Equal("active", (await api.GetAsync("studies/blurred")).GetProperty("state").GetString());
        Assert.Contains((await api.GetAsync("studies?limit=1000")).GetProperty("items").EnumerateArray(), s => s.GetProperty("name").GetString() == "blurred");
        await api.TakeAsync("blurred");
    }

    [Fact]
    public async Task One_bad_request_lists_all_its_errors()
    {
        var (_, problem) = await api.SendAsync(HttpMethod.Post, "studies",
            """{"name":"a b","parameters":[{"name":"x","type":"float","low":1,"high":0},{"name":"y","type":"odd"}],"sampler":{"kind":"psychic"},"budget":{"maxTrials":0}}""");
        var pointers = problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString());
        Assert.Equal(["/parameters/0/low", "/parameters/1/type", "/name", "/budget/maxTrials", "/sampler/kind"], pointers);
    }

    [Theory]
    [InlineData("POST", "suggest", """{"count":0,"worker":"","leaseSeconds":0.5}""", "/count /worker /leaseSeconds")]
    [InlineData("POST", "trials/0/report", """{"step":-1,"values":{},"leaseToken":"t"}""", "/step /values")]
    [InlineData("POST", "trials/0/report", """{"step":-1,"values":{"":1,"LONG":1},"leaseToken":"t"}""", "/step /values/ /values")]
    [InlineData("POST", "trials/0/complete", """{"values":{"other":1},"leaseToken":"TOKEN"}""", "/values/a /values/b /values/c")]
    [InlineData("PATCH", "", """{"description":"a\u0000b","labels":{"":"x","LONG":"y","z":"LONG"},"budget":{"maxTrials":0,"maxSeconds":-1}}""", "/description /labels/ /labels /labels/z /budget/maxTrials /budget/maxSeconds")]
    [InlineData("POST", "clone", """{"name":"a b","labels":{"":"x"},"budget":{"maxTrials":0}}""", "/labels/ /name /budget/maxTrials")]
    [InlineData("POST", "import", """{"trials":[{"parameters":{"x":0.5},"values":{"a":1},"worker":"","suggestedBy":"a\u0000"},{"parameters":{"x":0.5},"state":"pruned","error":"\u0000","userAttributes":3}]}""",
        "/trials/0/suggestedBy /trials/0/worker /trials/1/error /trials/1/userAttributes")]
    [InlineData("POST", "import", """{"trials":[{"parameters":{"x":0.5},"values":{"b":1}},{"parameters":{"x":2},"state":"pruned"}]}""", "/trials/1/parameters/x /trials/0/values /trials/0/values")]
    [InlineData("GET", "trials?limit=0&sort=odd&fields=number,odd,other&state=odd", null, "/sort /fields /state /limit")]
    [InlineData("GET", "../../studies?limit=0&state=odd", null, "/state /limit")]
    public async Task Every_call_lists_all_mistakes_of_a_request(string method, string path, string? body, string pointers)
    {
        var name = $"mistakes-{(uint)StringComparer.Ordinal.GetHashCode(path + body)}";
        await api.CreateAsync(name, ""","objectives":[{"metric":"a"},{"metric":"b"}],"constraints":[{"metric":"b","upperBound":1},{"metric":"c","upperBound":1}]""");
        var token = (await api.TakeAsync(name)).Token;
        var (status, problem) = await api.SendAsync(new HttpMethod(method), $"studies/{name}{(path.Length == 0 ? "" : "/")}{path}", body?.Replace("LONG", new string('k', 1001)).Replace("TOKEN", token));
        Assert.Contains((int)status, new[] { 400, 422 });
        Assert.Equal(pointers, string.Join(' ', problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("pointer").GetString())));
        Assert.All(problem.GetProperty("errors").EnumerateArray(), e => Assert.Contains("but got", e.GetProperty("detail").GetString(), StringComparison.Ordinal));
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
