using HpoService.Search.Spaces;
using HpoService.Training.DataSets;
using HpoService.Training.Networks;
using HpoService.Training.Settings;
using static HpoService.Training.Networks.NetworkSettings;

namespace HpoService.Training.Models;

/// <summary>A recurrent network.</summary>
internal sealed class Rnn : IModel
{
    public static readonly ChoiceSetting Cell = new("cell", "Its kind of memory.", "lstm", ["vanilla", "lstm", "gru"]);
    public static readonly IntSetting Layers = new("recurrentLayers", "Recurrent layers.", 1, 1, 8);
    public static readonly FlagSetting Bidirectional = new("bidirectional", "Also reads backwards; not when it predicts the next token.");
    public static readonly IntSetting Embedding = new("embedding", "Text: numbers for each character.", 32, 1, 4096);

    public string Name => "rnn";

    public string Description => "A recurrent network (vanilla, LSTM or GRU) over sequences, the rows of images, or text.";

    public IReadOnlyList<Setting> Settings => [Cell, Hidden, Layers, Bidirectional, Embedding, Dropout];

    public IReadOnlyList<JointRule> Rules =>
    [
        new("optimizer", "optimizer must not be newtoncg with an lstm, which can be differentiated once only", "optimizer != 'newtoncg' or cell != 'lstm'"),
    ];

    public IReadOnlyList<Parameter> Space =>
    [
        new FloatParameter("learningRate", 1e-4, 0.05, Scale.Log),
        new CategoricalParameter("cell", ["lstm", "gru"]),
        new IntParameter("hidden", 16, 128, Scale.Log),
        new IntParameter("recurrentLayers", 1, 2),
        new FloatParameter("dropout", 0, 0.5),
        new FloatParameter("clipNorm", 0.1, 10, Scale.Log),
        new FloatParameter("weightDecay", 1e-6, 1e-2, Scale.Log),
        new OrdinalParameter("batchSize", [16.0, 32.0, 64.0, 128.0]),
    ];

    // Text and images are read forwards: text must be, and of an image the order of rows is no time.
    public IReadOnlyDictionary<SampleKind, IReadOnlyList<Parameter>> Spaces =>
        new Dictionary<SampleKind, IReadOnlyList<Parameter>> { [SampleKind.Sequence] = [.. Space, new BooleanParameter("bidirectional")] };

    public bool Takes(SampleKind kind, GoalKind goal) => kind != SampleKind.Table;

    public Network Build(SampleShape shape, SettingValues s) => s[Bidirectional] && shape.Goal == GoalKind.NextToken
        ? throw new InvalidSettingsException("/bidirectional", "bidirectional must be false where the next token is predicted, but got true.")
        : new RnnNetwork(shape, s[Cell], s[Hidden], s[Layers], s[Bidirectional], s[Embedding], s[Dropout]);
}
