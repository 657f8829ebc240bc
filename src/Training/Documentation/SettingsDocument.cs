using System.Text;
using HpoService.Training.Augmentation;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Training.Goals;
using HpoService.Training.Loop;
using HpoService.Training.Metrics;
using HpoService.Training.Models;
using HpoService.Training.Optimizers;
using HpoService.Training.Parallel;
using HpoService.Training.Schedules;
using HpoService.Training.Settings;
using HpoService.Training.Weights;

namespace HpoService.Training.Documentation;

/// <summary>docs/training-settings.md, from the registries: a setting that exists is documented.</summary>
internal static class SettingsDocument
{
    public static string Write()
    {
        var text = new StringBuilder("# Settings of training\n\nWritten from the registries by a test. Each is a key of `runner.settings`, and the name of a parameter that a study can search over.\n");
        foreach (var model in ModelRegistry.Models)
            Section($"Model `{model.Name}`", $"{model.Description} Its default search space: {string.Join(", ", model.Space.Select(p => $"`{p.Name}`"))}.", model.Settings);
        Section("Training loop", "", LoopSettings.All);
        Section("Optimizers", List(OptimizerRegistry.Kinds.Select(k => (k.Name, k.Description))), OptimizerRegistry.Settings);
        Section("Schedules", List(ScheduleRegistry.Kinds.Select(k => (k.Name, k.Description))), ScheduleRegistry.Settings);
        Section("Goals", "", GoalSettings.All);
        Section("Augmentation", "Drawn from the trial's seed, for training samples only.", AugmentationRegistry.Settings);
        Section("Data", "", DataSettings.All);
        Section("Starting from weights", "", TransferSettings.All);
        Section("Formats of data sets", List(FormatRegistry.All.Select(f => (f.Name, f.Description))), []);
        text.Append("\n## Rules between settings\n\nKept by every trial: a study of which none could is refused.\n\n| of | rule | kept where |\n|---|---|---|\n");
        foreach (var (of, rule) in ModelRegistry.Models.SelectMany(m => m.Rules.Select(r => ($"`{m.Name}`", r))).Concat(ModelRegistry.TrainingRules.Select(r => ("all models", r))))
            text.Append($"| {of} | {rule.Rule} | `{rule.Holds}` |\n");
        text.Append("\n## Metrics\n\nAny of them is an objective or a constraint. At the end each is there for the test part too, as `testAccuracy` and so on.\n\n| metric | better | of |\n|---|---|---|\n");
        foreach (var (name, direction, goals) in MetricRegistry.Metrics)
            text.Append($"| `{name}` | {(direction == Search.Studies.Direction.Maximize ? "larger" : "smaller")} | {string.Join(", ", goals)} |\n");
        return text.ToString();

        void Section(string title, string words, IReadOnlyList<Setting> settings)
        {
            text.Append($"\n## {title}\n");
            if (words.Length > 0)
                text.Append($"\n{words}\n");
            if (settings.Count == 0)
                return;
            text.Append("\n| setting | default | values | what |\n|---|---|---|---|\n");
            foreach (var s in settings)
                text.Append($"| `{s.Name}` | `{s.DefaultJson.ToJsonString()}` | {Values(s)} | {s.Description.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
        }
    }

    private static string List(IEnumerable<(string Name, string Description)> items) => string.Join('\n', items.Select(i => $"- `{i.Name}`: {i.Description}"));

    private static string Values(Setting setting) => setting switch
    {
        ChoiceSetting choice => string.Join(", ", choice.Choices),
        FlagSetting => "true, false",
        NumbersSetting => "numbers",
        TextSetting => "text",
        ParallelismSetting => "object",
        _ => setting.Rule.Replace(setting.Name, "·", StringComparison.Ordinal),
    };
}
