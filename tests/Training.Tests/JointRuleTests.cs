using System.Text.Json;
using HpoService.Search;
using HpoService.Search.Spaces;
using HpoService.Search.Spaces.Constraints;
using HpoService.Training.Models;

namespace HpoService.Training.Tests;

/// <summary>Rules between settings: what the cards of the models say, and that the trainer keeps to it.</summary>
public sealed class JointRuleTests
{
    public static TheoryData<string> Models => [.. ModelRegistry.Cards.Select(c => c.Name)];

    [Theory, MemberData(nameof(Models))]
    public void They_name_settings_of_their_model_and_its_defaults_keep_them(string model)
    {
        var card = ModelRegistry.Cards.Single(c => c.Name == model);
        var settings = ModelRegistry.SettingsOf(ModelRegistry.Models.Single(m => m.Name == model)).ToDictionary(s => s.Name);
        Assert.NotEmpty(card.Rules);
        Assert.All(card.Rules, rule => Assert.All(new ParameterConstraint(rule.Holds).Names.Append(rule.Field), name => Assert.Contains(name.Split('.')[0], settings.Keys)));
        Assert.All(card.Rules, rule => Assert.Contains(" must ", rule.Rule, StringComparison.Ordinal));
        Assert.Empty(JointRule.Broken(card.Rules, Facts(settings.Values, [])));
    }

    [Theory, MemberData(nameof(Models))]
    public void No_point_of_a_model_s_own_spaces_breaks_one(string model)
    {
        var card = ModelRegistry.Cards.Single(c => c.Name == model);
        var settings = ModelRegistry.SettingsOf(ModelRegistry.Models.Single(m => m.Name == model));
        foreach (var parameters in card.Spaces.Values.Prepend(card.DefaultSpace))
        {
            var (space, random) = (new SearchSpace(parameters), new Random(11));
            var cube = new UnitCube(space);
            for (var i = 0; i < 1000; i++)
            {
                var point = cube.Decode([.. Enumerable.Range(0, cube.Dimensions).Select(_ => random.NextDouble())]);
                Assert.Empty(JointRule.Broken(card.Rules, Facts(settings, point.Select(p => KeyValuePair.Create(p.Key, JsonSerializer.SerializeToElement(p.Value, HpoJson.Options))))));
            }

            Assert.Same(space, card.Narrowed(null, space));
        }
    }

    [Theory]
    [InlineData("transformer", """{"modelWidth": 30}""", "/modelWidth", "modelWidth must be a multiple of heads, but got modelWidth = 30, heads = 4.")]
    [InlineData("transformer", """{"optimizer": "newtoncg"}""", "/optimizer", "optimizer must not be newtoncg with a transformer, whose attention can be differentiated once only, but got optimizer = newtoncg.")]
    [InlineData("rnn", """{"optimizer": "newtoncg"}""", "/optimizer", "optimizer must not be newtoncg with an lstm, which can be differentiated once only, but got optimizer = newtoncg, cell = lstm.")]
    [InlineData("cnn", """{"kernel": 4}""", "/kernel", "kernel must be odd, but got kernel = 4.")]
    [InlineData("mlp", """{"validationFraction": 0.6, "testFraction": 0.4}""", "/validationFraction", "validationFraction + testFraction < 1 must hold, but got validationFraction = 0.6, testFraction = 0.4.")]
    [InlineData("cnn", """{"imageChannels": 2}""", "/imageChannels", "imageChannels must be 0, 1 or 3, but got imageChannels = 2.")]
    [InlineData("mlp", """{"optimizer": "lbfgs", "weightDecay": 0.1}""", "/weightDecay", "weightDecay must be 0 with lbfgs and newtoncg (l2 is the penalty that they take), but got weightDecay = 0.1, optimizer = lbfgs.")]
    [InlineData("mlp", """{"optimizer": "newtoncg", "clipNorm": 1}""", "/clipNorm", "clipNorm must be 0 with lbfgs and newtoncg, whose steps have their own lengths, but got clipNorm = 1, optimizer = newtoncg.")]
    [InlineData("mlp", """{"optimizer": "newtoncg", "clipValue": 1}""", "/clipValue", "clipValue must be 0 with lbfgs and newtoncg, whose steps have their own lengths, but got clipValue = 1, optimizer = newtoncg.")]
    [InlineData("mlp", """{"optimizer": "lbfgs", "fineTuneRate": 0.5}""", "/fineTuneRate", "fineTuneRate must be 1 with lbfgs and newtoncg where nothing is frozen, but got fineTuneRate = 0.5, freezeLayers = 0, optimizer = lbfgs.")]
    public void A_training_that_breaks_one_is_refused(string model, string settings, string pointer, string message)
    {
        var e = Assert.Throws<InvalidSettingsException>(() => Ask.Train(model, settings));
        Assert.Equal((pointer, message), (e.Violations[0].Pointer, e.Message));
    }

    [Fact]
    public void All_that_are_broken_are_listed() => Assert.Equal(
        ["/weightDecay", "/clipNorm", "/batchSize"],
        Assert.Throws<InvalidSettingsException>(() => Ask.Train(
            "mlp", """{"optimizer": "lbfgs", "weightDecay": 0.1, "clipNorm": 1, "batchSize": 2, "parallelism": {"kind": "data", "processes": 4}}""")).Violations.Select(v => v.Pointer));

    [Theory]
    [InlineData("mlp", """{"optimizer": "lbfgs", "l2": 0.1, "epochs": 1, "batchSize": 1080}""")]
    [InlineData("rnn", """{"optimizer": "newtoncg", "cell": "gru", "hidden": 3, "epochs": 1, "batchSize": 540, "maxTrainSamples": 540}""")]
    [InlineData("mlp", """{"optimizer": "lbfgs", "fineTuneRate": 0.5, "freezeLayers": -1, "epochs": 1, "batchSize": 1080}""")]
    public void A_training_that_keeps_them_is_let_in(string model, string settings) => Assert.IsType<TrainingOutcome.Completed>(Ask.Train(model, settings).Outcome);

    private static IReadOnlyDictionary<string, ParameterValue> Facts(IEnumerable<Settings.Setting> known, IEnumerable<KeyValuePair<string, JsonElement>> given) =>
        SettingFacts.Of(known.Select(s => KeyValuePair.Create(s.Name, JsonSerializer.SerializeToElement(s.DefaultJson))), given);
}
