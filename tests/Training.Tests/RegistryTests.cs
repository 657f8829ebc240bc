using HpoService.Search.Spaces;
using HpoService.Training.Augmentation;
using HpoService.Training.Metrics;
using HpoService.Training.Models;
using HpoService.Training.Optimizers;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;

namespace HpoService.Training.Tests;

public sealed class RegistryTests
{
    public static TheoryData<string> ModelNames => [.. ModelRegistry.Models.Select(m => m.Name)];

    [Fact]
    public void Every_optimizer_schedule_model_and_augmentation_is_in_its_registry()
    {
        AssertAll(typeof(IOptimizerKind), OptimizerRegistry.Kinds);
        AssertAll(typeof(IScheduleKind), ScheduleRegistry.Kinds);
        AssertAll(typeof(IModel), ModelRegistry.Models);
        AssertAll(typeof(Augmentation.Augmentation), AugmentationRegistry.All);

        static void AssertAll(Type kind, IEnumerable<object> registered) => Assert.Equal(
            kind.Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(kind)).Select(t => t.Name).Order(),
            registered.Select(r => r.GetType().Name).Order());
    }

    [Fact]
    public void A_setting_has_one_meaning_and_a_default_that_it_takes() => Assert.All(
        ModelRegistry.Models.SelectMany(ModelRegistry.SettingsOf).GroupBy(s => s.Name), group =>
        {
            Assert.NotEmpty(group.First().Description);
            Assert.All(group, s => Assert.NotNull(s.Read(System.Text.Json.JsonSerializer.SerializeToElement(s.DefaultJson))));
        });

    [Theory, MemberData(nameof(ModelNames))]
    public void A_model_s_settings_are_distinct_and_its_default_space_only_asks_for_them(string name)
    {
        var model = ModelRegistry.Models.Single(m => m.Name == name);
        var settings = ModelRegistry.SettingsOf(model).ToDictionary(s => s.Name); // throws for a name twice
        Assert.NotEmpty(new SearchSpace(model.Space).Parameters);
        Assert.All(model.Space, parameter =>
        {
            var setting = settings[parameter.Name];
            ParameterValue[] extremes = parameter switch
            {
                FloatParameter f => [f.Low, f.High],
                IntParameter i => [(double)i.Low, (double)i.High],
                ChoiceParameter c => [.. c.Choices],
                _ => throw new NotSupportedException(),
            };
            Assert.All(extremes, value => Assert.NotNull(setting.Read(System.Text.Json.JsonSerializer.SerializeToElement(value, Search.HpoJson.Options))));
        });
    }

    [Theory, MemberData(nameof(ModelNames))]
    public void A_card_takes_its_own_spaces(string name)
    {
        var card = ModelRegistry.Cards.Single(c => c.Name == name);
        Assert.All([card.DefaultSpace, .. card.Spaces.Values], space => Assert.Empty(card.Violations(null, new SearchSpace(space))));
    }

    [Theory]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 20}}""", "/parallelism/processes")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 1}}""", "/parallelism/processes")]
    [InlineData("""{"parallelism": {"kind": "data"}}""", "/parallelism/processes")]
    [InlineData("""{"parallelism": {"kind": "none", "processes": 2}}""", "/parallelism/processes")]
    [InlineData("""{"parallelism": {"kind": "model", "processes": 2, "microBatches": 2}}""", "/parallelism/microBatches")]
    [InlineData("""{"parallelism": {"kind": "pipeline", "processes": 2, "bucketMegabytes": 2}}""", "/parallelism/bucketMegabytes")]
    [InlineData("""{"parallelism": {"kind": "all", "processes": 2}}""", "/parallelism/kind")]
    [InlineData("""{"parallelism": {"kind": "data", "processes": 2, "bucketMegabytes": 2}}""", null)]
    [InlineData("""{"parallelism": {"kind": "pipeline", "processes": 8, "microBatches": 4}}""", null)]
    [InlineData("""{"parallelism": 2}""", "/parallelism")]
    [InlineData("""{"learningRate": 0}""", "/learningRate")]
    [InlineData("""{"dropout": 1}""", "/dropout")]
    [InlineData("""{"hidden": 8.5}""", "/hidden")]
    [InlineData("""{"optimizer": "adamm"}""", "/optimizer")]
    [InlineData("""{"skip": "yes"}""", "/skip")]
    [InlineData("""{"widths": [8, 0]}""", "/widths")]
    [InlineData("""{"widths": [8, 4], "skip": true, "dropout": 0.999, "hidden": 8, "optimizer": "lbfgs"}""", null)]
    [InlineData("""{"nonsense": 1}""", "/nonsense")]
    public void What_training_refuses_of_one_setting_its_card_refuses_before(string settings, string? pointer)
    {
        var json = System.Text.Json.JsonDocument.Parse(settings).RootElement;
        var known = ModelRegistry.SettingsOf(ModelRegistry.Models.Single(m => m.Name == "mlp"));
        var given = json.EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        var violations = ModelRegistry.Cards.Single(c => c.Name == "mlp").Violations(json, new SearchSpace([new IntParameter("layers", 1, 2)]));
        if (pointer is null)
        {
            Assert.Empty(violations);
            _ = SettingValues.Of(given, known);
            return;
        }

        Assert.StartsWith($"/runner/settings{pointer}", Assert.Single(violations).Pointer, StringComparison.Ordinal);
        Assert.Equal(pointer, Assert.Throws<InvalidSettingsException>(() => SettingValues.Of(given, known)).Violations[0].Pointer);
    }

    [Fact]
    public void Every_kind_of_optimizer_and_schedule_is_a_choice_of_its_setting()
    {
        Assert.Equal(OptimizerRegistry.Kinds.Select(k => k.Name), OptimizerRegistry.Optimizer.Choices);
        Assert.Equal(ScheduleRegistry.Kinds.Select(k => k.Name), ScheduleRegistry.Schedule.Choices);
        Assert.Equal(MetricRegistry.Metrics.Count, MetricRegistry.Metrics.DistinctBy(m => m.Name).Count());
    }
}
