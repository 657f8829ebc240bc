using System.Net;
using System.Text.Json;

namespace HpoService.Api.Tests;

/// <summary>Pages, order, fields, deltas, labels, versions.</summary>
public class ListTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Theory]
    [InlineData("number", "minimize", new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData("-number", "minimize", new[] { 5, 4, 3, 2, 1, 0 })]
    [InlineData("value", "minimize", new[] { 4, 1, 0, 2 })]
    [InlineData("-value", "minimize", new[] { 2, 0, 1, 4 })]
    [InlineData("value", "maximize", new[] { 4, 1, 0, 2 })]
    [InlineData("-value", "maximize", new[] { 2, 0, 1, 4 })]
    [InlineData("changed", "minimize", new[] { 1, 0, 2, 3, 4, 5 })]
    [InlineData("-changed", "maximize", new[] { 5, 4, 3, 2, 0, 1 })]
    public async Task Trials_come_in_the_order_asked_for_and_pages_leave_none_out(string sort, string direction, int[] expected)
    {
        var name = $"sort{sort}-{direction}";
        await api.CreateAsync(name, $$""","objectives":[{"metric":"value","direction":"{{direction}}"}]""");
        var (first, second) = (await api.TakeAsync(name), await api.TakeAsync(name));
        await api.CompleteAsync(name, second, """{"value":0}""");
        await api.CompleteAsync(name, first, """{"value":5}""");
        await api.RunAsync(name, """{"value":1e300}""");
        var (number, token) = await api.TakeAsync(name);
        await api.PostAsync($"studies/{name}/trials/{number}/infeasible", $$"""{"leaseToken":"{{token}}"}""");
        await api.RunAsync(name, """{"value":-0.1}""");
        await api.PostAsync($"studies/{name}/enqueue", """{"trials":[{"x":0.5}]}""");
        foreach (var limit in new[] { 1, 2, 1000 })
        {
            var (seen, after) = (new List<int>(), "");
            do
            {
                var page = await api.GetAsync($"studies/{name}/trials?sort={sort}&limit={limit}{after}");
                seen.AddRange(page.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetInt32()));
                after = page.GetProperty("next").GetString() is { } next ? $"&after={Uri.EscapeDataString(next)}" : null;
            }
            while (after is not null);
            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task Fields_leave_the_others_out()
    {
        await api.CreateAsync("fields");
        await api.RunAsync("fields", """{"value":1}""");
        var page = await api.GetAsync("studies/fields/trials?fields=number,values");
        Assert.Equal("""{"items":[{"number":0,"values":{"value":1}}],"next":null}""", page.ToString());
        var (status, problem) = await api.SendAsync(HttpMethod.Get, "studies/fields/trials?fields=number,secret");
        Assert.Equal((422, "/fields"), ((int)status, problem.GetProperty("pointer").GetString()));
    }

    [Theory]
    [InlineData("sort=number&after=x")]
    [InlineData("sort=number&after=99999999999999999999")]
    [InlineData("sort=value&after=3")]
    [InlineData("sort=changed&after=a_b")]
    public async Task A_cursor_of_another_list_is_malformed(string query)
    {
        var id = (await api.CreateAsync($"cursor-{query.Length}-{query[5]}")).GetProperty("id");
        var (status, problem) = await api.SendAsync(HttpMethod.Get, $"studies/{id}/trials?{query}");
        Assert.Equal((400, "/problems/malformed-request"), ((int)status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Since_a_version_only_what_changed_after_it_is_listed()
    {
        await api.CreateAsync("delta");
        await api.RunAsync("delta", """{"value":1}""");
        var version = (await api.GetAsync("studies/delta")).GetProperty("version");
        await api.PostAsync("studies/delta/enqueue", """{"trials":[{"x":0.25},{"x":0.75}]}""");
        await api.SendAsync(HttpMethod.Patch, "studies/delta/trials/0", """{"userAttributes":{"note":"good"}}""");
        var numbers = (await api.GetAsync($"studies/delta/trials?since={version}")).GetProperty("items").EnumerateArray().Select(t => t.GetProperty("number").GetInt32());
        Assert.Equal([0, 1, 2], numbers);
        version = (await api.GetAsync("studies/delta")).GetProperty("version");
        Assert.Equal(0, (await api.GetAsync($"studies/delta/trials?since={version}")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_label_s_key_is_matched_as_a_whole_also_when_it_has_quotation_marks()
    {
        await api.CreateAsync("q1", ""","labels":{"q\"key":"v","q,\"":"w"}""");
        await api.CreateAsync("q2", ""","labels":{"key":"v","other":"q\"key"}""");
        Assert.Equal(["q2"], await NamesAsync("label=key=v"));
        Assert.Equal(["q1"], await NamesAsync("label=q%22key=v"));
        Assert.Equal(["q1"], await NamesAsync("label=q%22key"));
        Assert.Equal(["q1"], await NamesAsync("label=q,%22=w&label=q%22key"));
        Assert.Empty(await NamesAsync("label=%22"));
    }

    [Fact]
    public async Task A_label_is_found_also_when_its_key_or_its_value_has_equals_signs()
    {
        await api.CreateAsync("e1", ""","labels":{"e=mc":"2","plain":"x=y"}""");
        await api.CreateAsync("e2", ""","labels":{"e":"mc=2","e=":"=","a\"=":"1"}""");
        Assert.Equal(["e1"], await NamesAsync("label=e=mc"));
        Assert.Equal(["e2", "e1"], await NamesAsync("label=e=mc=2")); // either reading of it is a label of theirs
        Assert.Equal(["e1"], await NamesAsync("label=plain=x=y"));
        Assert.Empty(await NamesAsync("label=plain=x"));
        Assert.Equal(["e2"], await NamesAsync("label=e==="));
        Assert.Equal(["e2"], await NamesAsync("label=a%22==1"));
        Assert.Empty(await NamesAsync($"label={new string('=', 7000)}"));
        Assert.Equal(["e2"], await NamesAsync(string.Join('&', Enumerable.Repeat("label=e", 64))));
        var (status, problem) = await api.SendAsync(HttpMethod.Get, $"studies?{string.Join('&', Enumerable.Repeat("label=e", 65))}"); // no study has more than 64
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/label"), (status, problem.GetProperty("errors")[0].GetProperty("pointer").GetString()));
    }

    [Fact]
    public async Task Studies_are_found_by_all_of_their_labels_and_paged()
    {
        await api.CreateAsync("l1", ""","labels":{"team":"vision","stage":"a"}""");
        await api.CreateAsync("l2", """
            ,"labels":{"team":"vision","stage":"b"},"description":"Deep thoughts"
            """);
        await api.CreateAsync("l3", ""","labels":{"team":"speech","note":"team\":\"vision"}""");
        Assert.Equal(["l2", "l1"], await NamesAsync("label=team=vision"));
        Assert.Equal(["l2"], await NamesAsync("label=team=vision&label=stage=b"));
        Assert.Equal(["l3"], await NamesAsync("label=note"));
        Assert.Equal(["l2"], await NamesAsync("query=deep%20TH"));
        var first = await api.GetAsync("studies?label=team&limit=2");
        var second = await api.GetAsync($"studies?label=team&limit=2&after={first.GetProperty("next").GetString()}");
        Assert.Equal((2, 1, JsonValueKind.Null), (first.GetProperty("items").GetArrayLength(), second.GetProperty("items").GetArrayLength(), second.GetProperty("next").ValueKind));
    }

    [Fact]
    public async Task Every_answer_that_is_a_study_has_its_version_as_the_tag_and_If_Match_guards_every_change()
    {
        using var created = await api.SendAsync(HttpMethod.Post, "studies", """{"name":"tagged","parameters":[{"name":"x","type":"boolean"}]}""", []);
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        using var paused = await api.SendAsync(HttpMethod.Post, "studies/tagged/pause", null, ("If-Match", "\"1\""));
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (paused.StatusCode, paused.Headers.ETag?.Tag));
        using var other = await api.SendAsync(HttpMethod.Get, "studies/tagged", null, ("If-None-Match", "\"W/2\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        using var same = await api.SendAsync(HttpMethod.Get, "studies/tagged", null, ("If-None-Match", "W/\"1\", \"2\""));
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
        foreach (var (method, path) in new[] { (HttpMethod.Patch, ""), (HttpMethod.Post, "/resume"), (HttpMethod.Post, "/pause"), (HttpMethod.Post, "/cancel"), (HttpMethod.Delete, "") })
        {
            using var stale = await api.SendAsync(method, $"studies/tagged{path}", method == HttpMethod.Patch ? "{}" : null, ("If-Match", "\"1\""));
            Assert.Equal(HttpStatusCode.PreconditionFailed, stale.StatusCode);
        }

        using var patched = await api.SendAsync(HttpMethod.Patch, "studies/tagged", """{"labels":{"a":"b"}}""", ("If-Match", "\"2\""));
        Assert.Equal("\"3\"", patched.Headers.ETag?.Tag);
        using var clone = await api.SendAsync(HttpMethod.Post, "studies/tagged/clone", """{"name":"tagged2"}""", []);
        Assert.Equal("\"1\"", clone.Headers.ETag?.Tag);
        using var deleted = await api.SendAsync(HttpMethod.Delete, "studies/tagged", null, ("If-Match", "\"3\""));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    [Fact]
    public async Task A_patch_with_null_removes_and_one_without_the_field_keeps()
    {
        await api.CreateAsync("emptied", ""","description":"d","labels":{"a":"b"}""");
        var (_, kept) = await api.SendAsync(HttpMethod.Patch, "studies/emptied", """{"budget":{"maxTrials":9}}""");
        Assert.Equal(("d", "b"), (kept.GetProperty("description").GetString(), kept.GetProperty("labels").GetProperty("a").GetString()));
        var (_, emptied) = await api.SendAsync(HttpMethod.Patch, "studies/emptied", """{"description":null,"labels":null}""");
        Assert.Equal((null, "{}", 9), (emptied.GetProperty("description").GetString(), emptied.GetProperty("labels").GetRawText(), emptied.GetProperty("budget").GetProperty("maxTrials").GetInt32()));
    }

    private async Task<List<string?>> NamesAsync(string query) =>
        [.. (await api.GetAsync($"studies?{query}")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("name").GetString())];
}
