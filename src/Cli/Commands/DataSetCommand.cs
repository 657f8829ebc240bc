using System.CommandLine;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Cli.Commands;

/// <summary>Registers data sets in a data folder; running workers offer them within seconds.</summary>
internal static class DataSetCommand
{
    private static readonly Option<string> Data = new("--data") { Description = "The folder of the service's database.", DefaultValueFactory = _ => "./data" };

    public static Command Create() => new("dataset", "Registers, lists and forgets data sets.") { Add(), List(), Remove() };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "Its name in runner.dataset." };
        var file = new Argument<string>("file") { Description = "Its file." };
        var format = new Option<string?>("--format") { Description = $"What the file is: {string.Join(", ", FormatRegistry.Names)}; default: by its name." };
        var target = new Option<string?>("--target") { Description = "The target column of a table or series; default: the last." };
        var goal = new Option<string?>("--goal") { Description = "classification or regression; default: by the target's values." };
        var labels = new Option<string?>("--labels") { Description = "The file of IDX labels." };
        var size = new Option<int?>("--image-size") { Description = "Of a ZIP of images: the height and width that the middle of each is brought to, 1 to 1024; default: they have one size." };
        var channels = new Option<int?>("--image-channels") { Description = "Of a ZIP of images: 1 (gray) or 3 (colours), which each is brought to; default: they have one number." };
        var command = new Command("add", "Reads, checks and keeps a data set.") { name, file, format, target, goal, labels, size, channels, Data };
        command.SetAction(parsed => Guard(() =>
        {
            var source = new DataSetSource(
                parsed.GetValue(file)!, parsed.GetValue(target), parsed.GetValue(labels), parsed.GetValue(goal), ImageSize: parsed.GetValue(size), ImageChannels: parsed.GetValue(channels));
            Print(new DataSetFolder(parsed.GetValue(Data)!).Add(parsed.GetValue(name)!, parsed.GetValue(format), source));
        }));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "Lists the registered data sets.") { Data };
        command.SetAction(parsed => Guard(() =>
        {
            foreach (var card in new DataSetFolder(parsed.GetValue(Data)!).List())
                Print(card);
        }));
        return command;
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "Which." };
        var command = new Command("remove", "Forgets a data set.") { name, Data };
        command.SetAction(parsed => Guard(() =>
        {
            if (!new DataSetFolder(parsed.GetValue(Data)!).Remove(parsed.GetValue(name)!))
                throw new HpoException("/name", $"name must be a registered data set, but got '{parsed.GetValue(name)}'.");
        }));
        return command;
    }

    private static void Print(DataCard card)
    {
        var outputs = card.Classes.Count > 0 && card.Goal == GoalKind.Classification ? $", {card.Classes.Count} classes" : "";
        var missing = card.Columns.Sum(c => c.Missing) is var n && n > 0 ? $", {n} values missing" : "";
        Console.WriteLine($"{card.Name}: {card.Format}, {card.Kind}, {card.Goal}, {card.Count} x [{string.Join(", ", card.Sizes)}]{outputs}{missing}");
    }

    private static int Guard(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception e) when (e is HpoException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
