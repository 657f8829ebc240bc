using System.Globalization;
using System.Text;
using System.Text.Json;
using HpoService.Storage;
using HpoService.Tests;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HpoService.EndToEnd.Tests;

/// <summary>What a study's page shows of all its trials together, in a real browser.</summary>
public sealed class InsightPageTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-insight-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Importances_lines_slices_and_curves_appear_and_follow_new_trials()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "shapes", new { metric = "accuracy", direction = "maximize" });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/shapes");
        await Expect(page.Locator("#importances")).ToHaveTextAsync("Known once four trials with different values are completed.");
        await Expect(page.Locator("#slices")).ToBeHiddenAsync();
        await Expect(page.Locator("#curves")).ToBeHiddenAsync();

        for (var i = 0; i < 12; i++)
            await RunAsync(service, "shapes", x => new() { ["accuracy"] = x });
        await Expect(page.Locator("#importances .bar-main text").First).ToHaveTextAsync("x");
        await Expect(page.Locator("#importances .bar-main")).ToHaveCountAsync(3);
        await Expect(page.Locator("#parallel path.line")).ToHaveCountAsync(12);
        await Expect(page.Locator("#parallel path.best-line")).ToHaveCountAsync(1);
        await Expect(page.Locator("#slices figure")).ToHaveCountAsync(3);
        await Expect(page.Locator("#slices figure").First.Locator("circle")).ToHaveCountAsync(12);
        await Expect(page.Locator("#curves path.curve")).ToHaveCountAsync(12);
        await Expect(page.Locator("#pareto")).ToBeHiddenAsync();
        await Expect(page.Locator("#metric")).ToBeHiddenAsync();

        await RunAsync(service, "shapes", x => new() { ["accuracy"] = 2 + x });
        await Expect(page.Locator("#parallel path.line")).ToHaveCountAsync(13);
        await Expect(page.Locator("#parallel path.best-line title")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^trial 12: 2"));

        var byTrial = await page.Locator("#best-so-far").GetAttributeAsync("d");
        await page.Locator("#axis").SelectOptionAsync("time");
        await Expect(page.Locator("#chart svg")).ToHaveAttributeAsync("aria-label", "accuracy by time, and the best so far");
        Assert.NotEqual(byTrial, await page.Locator("#best-so-far").GetAttributeAsync("d"));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Two_parameters_have_a_grid_of_the_most_important_ones_or_of_those_that_are_chosen()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "grid", new { metric = "accuracy", direction = "maximize" });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/grid");
        await Expect(page.Locator("#importances")).ToHaveTextAsync("Known once four trials with different values are completed.");
        await Expect(page.Locator("#contour")).ToBeHiddenAsync();
        for (var i = 0; i < 12; i++)
            await RunAsync(service, "grid", x => new() { ["accuracy"] = x });
        await RunAsync(service, "grid", x => new() { ["accuracy"] = 2 + x });
        var most = await page.Locator("#importances .bar-main text").First.TextContentAsync();
        Assert.Equal("x", most);
        await Expect(page.Locator("#contour-x")).ToHaveValueAsync("x");
        await page.Locator("#contour-y").SelectOptionAsync("optimizer");
        await Expect(page.Locator("#contour svg")).ToHaveAttributeAsync("aria-label", "accuracy by x and optimizer");
        await Expect(page.Locator("#contour .best-cell title")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^x [0-9.]+, optimizer (sgd|adam): accuracy 2.*in trial 12$"));
        var cells = (await service.GetAsync("studies/grid/contour?x=x&y=optimizer&points=400")).GetProperty("cells").GetArrayLength();
        await Expect(page.Locator("#contour rect.cell")).ToHaveCountAsync(cells);
        await Expect(page.Locator("#contour text").Filter(new() { HasText = "adam" })).ToHaveCountAsync(1);

        await page.Locator("#contour-y").SelectOptionAsync("x"); // they change places
        await Expect(page.Locator("#contour-x")).ToHaveValueAsync("optimizer");
        await Expect(page.Locator("#contour svg")).ToHaveAttributeAsync("aria-label", "accuracy by optimizer and x");
        await RunAsync(service, "grid", x => new() { ["accuracy"] = 3 + x });
        await Expect(page.Locator("#contour .best-cell title")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("in trial 13$"));
        await Expect(page.Locator("#contour-x")).ToHaveValueAsync("optimizer");
        Assert.Empty(errors);
    }

    [Fact]
    public async Task The_best_cell_of_a_grid_keeps_the_constraints()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await service.PostAsync("studies", new
        {
            name = "walled", constraints = new[] { new { metric = "size", upperBound = 5 } },
            parameters = new[] { new { name = "x", type = "float", low = 0, high = 1 }, new { name = "y", type = "float", low = 0, high = 1 } },
        });
        (double X, int Value, int Size)[] points = [(0.1, 3, 1), (0.2, 2, 1), (0.8, 0, 9), (0.9, 1, 9), (0.5, 4, 1)];
        await service.PostAsync("studies/walled/enqueue", new { trials = points.Select(p => new { x = p.X, y = p.X }) });
        foreach (var (_, value, size) in points)
            await RunAsync(service, "walled", _ => new() { ["value"] = value, ["size"] = size });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/walled");
        await Expect(page.Locator("#contour rect.cell")).ToHaveCountAsync(5);
        await Expect(page.Locator("#contour .best-cell title")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("in trial 1$"));
        await Expect(page.Locator("#contour .broken title")).ToHaveTextAsync(Enumerable.Repeat(new System.Text.RegularExpressions.Regex("in trial [23], which breaks a constraint$"), 2));
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Two_objectives_have_a_front_and_a_choice_of_metric()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "front", new { metric = "accuracy", direction = "maximize" }, new { metric = "size", direction = "minimize" });
        foreach (var (accuracy, size) in new[] { (0.5, 5.0), (0.4, 6), (0.9, 9), (0.7, 7), (0.1, 1) })
            await RunAsync(service, "front", _ => new() { ["accuracy"] = accuracy, ["size"] = size });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/front");
        await Expect(page.Locator("#pareto circle.best-dot")).ToHaveCountAsync(4);
        await Expect(page.Locator("#best")).ToHaveTextAsync("4 trials");
        await page.Locator("#metric").SelectOptionAsync("size");
        await Expect(page.Locator("#chart svg")).ToHaveAttributeAsync("aria-label", "size by trial, and the best so far");
        await Expect(page.Locator("#slices figure svg").First).ToHaveAttributeAsync("aria-label", "size by x");
        await RunAsync(service, "front", _ => new() { ["accuracy"] = 0.95, ["size"] = 0.5 });
        await Expect(page.Locator("#pareto circle.best-dot")).ToHaveCountAsync(1);
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(1.0, 1e-3, 1e-6, 1e-8)]
    [InlineData(4e9, 2e9, 1e9, -3e9)]
    public async Task Labels_of_small_and_of_large_values_are_whole_and_lie_on_nothing(params double[] losses)
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "scales", new { metric = "loss", direction = "minimize" });
        foreach (var loss in losses)
            await RunAsync(service, "scales", _ => new() { ["loss"] = loss });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/scales");
        await Expect(page.Locator("#chart circle")).ToHaveCountAsync(losses.Length);
        var left = await page.EvaluateAsync<double>("Math.min(...[...document.querySelectorAll('#chart svg text')].map(t => t.getBoundingClientRect().left - t.ownerSVGElement.getBoundingClientRect().left))");
        Assert.InRange(left, 0, 60);
        Assert.Empty(await page.EvaluateAsync<string[]>("""
            (() => {
              const drawn = [...document.querySelectorAll('#chart svg text, #best-so-far')].map(e => ({ name: e.textContent || e.id, at: e.getBoundingClientRect() }));
              return drawn.flatMap((a, i) => drawn.slice(i + 1)
                .filter(b => a.at.left < b.at.right && b.at.left < a.at.right && a.at.top < b.at.bottom && b.at.top < a.at.bottom).map(b => `${a.name} on ${b.name}`));
            })()
            """));
        Assert.Empty(errors);
    }

    [Theory]
    [InlineData(400, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    public async Task Nothing_is_wider_than_the_window_and_text_stands_out_from_its_ground(int width, ColorScheme scheme)
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "wide", new { metric = new string('m', 60), direction = "maximize" });
        for (var i = 0; i < 4; i++)
            await RunAsync(service, "wide", x => new() { [new string('m', 60)] = x });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await page.SetViewportSizeAsync(width, 800);
        await page.GotoAsync("/#/studies/wide");
        await Expect(page.Locator("#slices figure")).ToHaveCountAsync(3);
        Assert.InRange(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
        var light = await page.EvaluateAsync<int[]>("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('#parallel .name')).fill].map(c => +c.match(/\\d+/)[0])");
        Assert.Equal(scheme == ColorScheme.Light, light[0] > light[1]);
        Assert.InRange(Math.Abs(light[0] - light[1]), 150, 255);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task Of_many_trials_the_newest_are_listed_and_older_ones_on_demand()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        await CreateAsync(service, "many", new { metric = "accuracy", direction = "maximize" });
        await service.PostAsync("studies/many/enqueue", new { trials = Enumerable.Range(0, 130).Select(i => new { x = i / 130.0 }) });
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/many");
        await Expect(page.Locator("#trials tbody tr")).ToHaveCountAsync(100);
        await Expect(page.Locator("#trials tbody tr").First.Locator("td").First).ToHaveTextAsync("129");
        await page.Locator("#more").ClickAsync();
        await Expect(page.Locator("#trials tbody tr")).ToHaveCountAsync(130);
        await Expect(page.Locator("#more")).ToBeHiddenAsync();
        Assert.Empty(errors);
    }

    [Fact]
    public async Task With_100_000_trials_the_page_loads_and_draws_no_more_than_with_a_few_hundred()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        using var body = new StringContent(LargeStudy.Definition("large", """[{"metric":"loss"}]"""), Encoding.UTF8, "application/json");
        using var created = await service.Http.PostAsync("api/v1/studies", body);
        await LargeStudy.FillAsync(Database.Sqlite(Path.Combine(_data, "hpo.db")), JsonDocument.Parse(await created.Content.ReadAsStringAsync()).RootElement);
        var (page, errors) = await browser.OpenAsync(service.Http.BaseAddress!);
        await page.GotoAsync("/#/studies/large");
        await Expect(page.Locator("#slices figure")).ToHaveCountAsync(3, new() { Timeout = 120_000 }); // the first look reads all trials, on a busy machine for long
        await Expect(page.Locator("#best")).ToHaveTextAsync("0");
        await Expect(page.Locator("#trials tbody tr").First.Locator("td").First).ToHaveTextAsync("99999");
        Assert.InRange(await page.EvaluateAsync<int>("document.querySelectorAll('*').length"), 1000, 8000);
        Assert.InRange(await page.EvaluateAsync<int>("performance.getEntriesByType('resource').reduce((sum, r) => sum + r.transferSize, 0)"), 100_000, 1_000_000);
        Assert.Empty(errors);
    }

    private static Task<JsonElement> CreateAsync(Service service, string name, params object[] objectives) => service.PostAsync("studies", new
    {
        name,
        objectives,
        parameters = new object[]
        {
            new { name = "x", type = "float", low = 0, high = 1 },
            new { name = "optimizer", type = "categorical", choices = new[] { "sgd", "adam" } },
            new { name = "momentum", type = "float", low = 0.001, high = 1, scale = "log", when = new Dictionary<string, object> { ["parameter"] = "optimizer", ["in"] = new[] { "sgd" } } },
        },
        sampler = new { kind = "random", seed = 1 },
    });

    private static async Task RunAsync(Service service, string study, Func<double, Dictionary<string, double>> valuesOf)
    {
        var trial = (await service.PostAsync($"studies/{study}/suggest", new { })).GetProperty("trials")[0];
        var (number, leaseToken) = (trial.GetProperty("number").GetInt32().ToString(CultureInfo.InvariantCulture), trial.GetProperty("lease").GetProperty("token").GetString());
        var values = valuesOf(trial.GetProperty("parameters").GetProperty("x").GetDouble());
        for (var step = 1; step <= 2; step++)
            await service.PostAsync($"studies/{study}/trials/{number}/report", new { step, values, leaseToken });
        await service.PostAsync($"studies/{study}/trials/{number}/complete", new { values, leaseToken });
    }
}
