using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HpoService.EndToEnd.Tests;

/// <summary>The page in a real browser, over a real service and its file.</summary>
public sealed class DashboardTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-page-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task The_list_follows_studies_as_they_are_created_and_deleted()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await Expect(page.GetByText("None yet.")).ToBeVisibleAsync();

        await CreateAsync(service, "first");
        await CreateAsync(service, "second");
        await Expect(page.Locator("#studies tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator("#studies tbody tr").First).ToContainTextAsync("second");
        await Expect(page.Locator("#studies tbody tr").First).ToContainTextAsync("active");
        await Expect(page.GetByText("None yet.")).ToBeHiddenAsync();

        await CompleteAsync(service, "first", 0.5);
        await Expect(page.Locator("#studies tbody tr").Last).ToContainTextAsync("1 / 10");
        await Expect(page.Locator("#studies tbody tr").Last).ToContainTextAsync("0.5");

        using var deleted = await service.Http.DeleteAsync("api/v1/studies/first");
        await Expect(page.Locator("#studies tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_study_s_state_best_value_chart_and_trials_follow_what_happens_over_HTTP()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "walk", maxTrials: 3);
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GetByRole(AriaRole.Link, new() { Name = "walk" }).ClickAsync();
        await Expect(page.GetByText("No trial has a value yet.")).ToBeVisibleAsync();

        await CompleteAsync(service, "walk", 0.5);
        await Expect(page.Locator("#best")).ToHaveTextAsync("0.5");
        await Expect(page.Locator("#trials tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator("#trials tbody tr.best")).ToContainTextAsync("completed");
        var before = await page.Locator("#best-so-far").GetAttributeAsync("d");

        await CompleteAsync(service, "walk", 0.75);
        await Expect(page.Locator("#best")).ToHaveTextAsync("0.75");
        await Expect(page.Locator("#chart circle.completed")).ToHaveCountAsync(2);
        Assert.NotEqual(before, await page.Locator("#best-so-far").GetAttributeAsync("d"));

        await CompleteAsync(service, "walk", 0.25);
        await Expect(page.Locator("#best")).ToHaveTextAsync("0.75");
        await Expect(page.Locator("h1 .state")).ToHaveTextAsync("completed");
        await Expect(page.GetByText("ended by maxTrials")).ToBeVisibleAsync();
        await Expect(page.Locator("#count")).ToHaveTextAsync("3 / 3");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_study_that_a_worker_trains_is_followed_to_its_end()
    {
        await using var service = await Service.StartAsync(_data, slots: 1);
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await Expect(page.Locator("#workers")).ToContainTextAsync("0 of 1 slots busy");
        await service.PostAsync("studies", new
        {
            name = "digits",
            objectives = new[] { new { metric = "accuracy", direction = "maximize" } },
            sampler = new { kind = "random", seed = 1 },
            budget = new { maxTrials = 2 },
            runner = new { kind = "training", model = "mlp", dataset = "digits", settings = new { epochs = 2 } },
        });
        await page.GetByRole(AriaRole.Link, new() { Name = "digits" }).ClickAsync();
        await Expect(page.Locator("h1 .state")).ToHaveTextAsync("completed", new() { Timeout = 120_000 });
        await Expect(page.Locator("#chart circle.completed")).ToHaveCountAsync(2);
        var best = (await service.GetAsync("studies/digits/best")).GetProperty("items")[0];
        await Expect(page.Locator("#trials tbody tr.best td").First).ToHaveTextAsync($"{best.GetProperty("number")}");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_study_is_paused_resumed_and_canceled_on_the_page()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "walk");
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.GotoAsync("/#/studies/walk");
        foreach (var (button, state) in new[] { ("Pause", "paused"), ("Resume", "active"), ("Cancel", "canceled") })
        {
            await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await Expect(page.Locator("h1 .state")).ToHaveTextAsync(state);
            Assert.Equal(state, (await service.GetAsync("studies/walk")).GetProperty("state").GetString());
        }

        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/#/studies/walk")]
    public async Task The_page_goes_on_when_the_service_comes_back_with_what_it_missed(string path)
    {
        var first = await Service.StartAsync(_data, slots: 0);
        var url = first.Http.BaseAddress!;
        await CreateAsync(first, "walk");
        var (page, _) = await browser.OpenAsync(url);
        await page.GotoAsync(path);
        await Expect(page.GetByText("walk")).ToBeVisibleAsync();
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        await using (first)
            await first.KillAsync();
        await Expect(page.Locator("#connection")).ToContainTextAsync("connection lost");
        await Expect(page.GetByText("walk")).ToBeVisibleAsync(); // what was shown stays

        await using (var elsewhere = await Service.StartAsync(_data, slots: 0))
            await CompleteAsync(elsewhere, "walk", 0.625);
        await using var again = await Service.StartAsync(_data, slots: 0, url.ToString());
        await Expect(page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(page.GetByRole(AriaRole.Cell, new() { Name = "0.625", Exact = true })).ToBeVisibleAsync();
        await CompleteAsync(again, "walk", 0.875);
        await Expect(page.Locator("#page")).ToContainTextAsync("0.875");
    }

    [Fact]
    public async Task Markup_in_names_and_messages_is_shown_as_text()
    {
        const string markup = "<img src=x onerror=alert(1)>";
        await using var service = await Service.StartAsync(_data, slots: 0);
        await service.PostAsync("studies", new
        {
            name = "markup",
            description = markup,
            parameters = new object[] { new { name = "optimizer", type = "categorical", choices = new[] { markup, "adam" } } },
            initialTrials = new[] { new { optimizer = markup } },
        });
        var token = await SuggestAsync(service, "markup", "<b>w</b>");
        await service.PostAsync($"studies/markup/trials/0/infeasible", new { leaseToken = token, reason = markup });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/markup");
        await Expect(page.GetByText(markup)).ToHaveCountAsync(3);
        await Expect(page.Locator("#page img, #page b")).ToHaveCountAsync(0);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task A_study_that_is_not_there_is_said_so()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        var (page, _) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/nowhere");
        await Expect(page.GetByText("nowhere")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "All studies" }).ClickAsync();
        await Expect(page.GetByText("None yet.")).ToBeVisibleAsync();
    }

    private static Task<JsonElement> CreateAsync(Service service, string name, int maxTrials = 10) => service.PostAsync("studies", new
    {
        name,
        objectives = new[] { new { metric = "accuracy", direction = "maximize" } },
        parameters = new object[] { new { name = "x", type = "float", low = 0, high = 1 } },
        sampler = new { kind = "random", seed = 1 },
        budget = new { maxTrials },
    });

    private static async Task<string> SuggestAsync(Service service, string study, string worker = "test")
    {
        var answer = await service.PostAsync($"studies/{study}/suggest", new { worker });
        return answer.GetProperty("trials")[0].GetProperty("lease").GetProperty("token").GetString()!;
    }

    private static async Task CompleteAsync(Service service, string study, double accuracy)
    {
        var trial = (await service.PostAsync($"studies/{study}/suggest", new { })).GetProperty("trials")[0];
        await service.PostAsync($"studies/{study}/trials/{trial.GetProperty("number")}/complete", new
        {
            values = new { accuracy },
            leaseToken = trial.GetProperty("lease").GetProperty("token").GetString(),
        });
    }
}
