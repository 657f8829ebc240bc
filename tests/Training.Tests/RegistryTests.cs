using HpoService.Search.Spaces;
using HpoService.Training.Augmentation;
using HpoService.Training.Metrics;
using HpoService.Training.Models;
using HpoService.Training.Optimizers;
using HpoService.Training.Schedules;

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

    [Fact]
    public void Every_kind_of_optimizer_and_schedule_is_a_choice_of_its_setting()
    {
        Assert.Equal(OptimizerRegistry.Kinds.Select(k => k.Name), OptimizerRegistry.Optimizer.Choices);
        Assert.Equal(ScheduleRegistry.Kinds.Select(k => k.Name), ScheduleRegistry.Schedule.Choices);
        Assert.Equal(MetricRegistry.Metrics.Count, MetricRegistry.Metrics.DistinctBy(m => m.Name).Count());
    }
}
