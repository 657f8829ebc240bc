using HpoService.Search;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;
using HpoService.Training.Models;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class DataSetFolderTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-data").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void A_card_is_read_once_and_again_when_its_file_is_another()
    {
        var folder = new DataSetFolder(_data);
        folder.Add("kept", null, new DataSetSource(Csv("kept.csv", 50)));
        var file = Path.Combine(_data, "datasets", "kept", "card.json");
        var (text, written) = (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));
        Assert.Equal(50, folder.List().Single().Count);
        File.WriteAllText(file, text.Replace("50", "51", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, written);
        Assert.Equal(50, folder.List().Single().Count); // nobody does so: that it was not read again is the point
        File.SetLastWriteTimeUtc(file, written.AddSeconds(1));
        Assert.Equal(51, folder.List().Single().Count);
        Assert.True(new DataSetFolder(_data).Remove("kept"));
        Assert.Null(folder.Find("kept"));
        Assert.Empty(folder.List());
        folder.Add("kept", null, new DataSetSource(Csv("kept.csv", 60)));
        Assert.Equal(60, folder.Find("kept")!.Count);
    }

    [Fact]
    public void What_is_kept_of_cards_is_bounded_and_those_that_are_gone_make_room()
    {
        string[] files = [.. Enumerable.Range(0, 6).Select(i => Path.Combine(Directory.CreateDirectory(Path.Combine(_data, "cards")).FullName, $"{i}.json"))];
        var card = """{"name":"NAME","kind":"table","goal":"classification","format":"csv","count":1,"sizes":[],"classes":[],"columns":[],"bytes":1}""";
        foreach (var file in files)
            File.WriteAllText(file, card);
        var kept = new KeptCards(3 * card.Length);
        string[] Names() => [.. files.Select(file => kept.Read(file)!.Name)];
        Assert.All(Names(), name => Assert.Equal("NAME", name));
        foreach (var file in files)
        {
            var written = File.GetLastWriteTimeUtc(file);
            File.WriteAllText(file, card.Replace("NAME", "NEXT", StringComparison.Ordinal));
            File.SetLastWriteTimeUtc(file, written);
        }

        Assert.Equal(["NAME", "NAME", "NAME", "NEXT", "NEXT", "NEXT"], Names());
        kept.Retain([files[0], files[3]]);
        Assert.Equal(["NAME", "NEXT", "NEXT", "NEXT", "NEXT", "NEXT"], Names());
    }

    [Fact]
    public void A_registered_table_is_listed_trained_on_and_removed()
    {
        var folder = new DataSetFolder(_data);
        var card = folder.Add("flowers", null, new DataSetSource(Csv("flowers.csv", 200)));
        Assert.Equal(("csv", SampleKind.Table, GoalKind.Classification, 200), (card.Format, card.Kind, card.Goal, card.Count));
        Assert.Equal(["left", "right"], card.Classes);
        Assert.Equal(2, card.Columns[0].Missing);
        Assert.Equal(["blue", "red"], card.Columns[1].Categories);
        Assert.Equal(["flowers"], folder.List().Select(c => c.Name));
        Assert.Contains("flowers", ModelRegistry.CardsWith(folder.List()).Single(m => m.Name == "mlp").DataSets);
        Assert.DoesNotContain("flowers", ModelRegistry.CardsWith(folder.List()).Single(m => m.Name == "cnn").DataSets);

        var values = Ask.Values("logistic", """{"epochs": 30, "learningRate": 0.05}""", "flowers", folder: _data);
        Assert.True(values["accuracy"] > 0.9, $"{values["accuracy"]}");

        Assert.True(folder.Remove("flowers"));
        Assert.False(folder.Remove("flowers"));
        Assert.Empty(folder.List());
        Assert.Equal("/dataset", Assert.Throws<InvalidSettingsException>(() => Ask.Train("logistic", "{}", "flowers", folder: _data)).Violations[0].Pointer);
    }

    [Fact]
    public void A_broken_file_leaves_nothing_behind()
    {
        var broken = Path.Combine(_data, "broken.csv");
        File.WriteAllText(broken, "a,y\n1,0\n2\n");
        Assert.Throws<InvalidDataSetException>(() => new DataSetFolder(_data).Add("broken", null, new DataSetSource(broken)));
        Assert.Empty(new DataSetFolder(_data).List());
        Assert.False(Directory.Exists(Path.Combine(_data, "datasets", "broken")));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("digits")]
    public void A_name_that_leads_elsewhere_or_ships_is_refused(string name)
    {
        Assert.Throws<InvalidDataSetException>(() => new DataSetFolder(_data).Add(name, null, new DataSetSource(Csv("ok.csv", 50))));
        Assert.Null(new DataSetFolder(_data).Find(name));
    }

    [Fact]
    public void A_taken_name_is_refused_and_the_first_data_set_stays()
    {
        var folder = new DataSetFolder(_data);
        folder.Add("one", null, new DataSetSource(Csv("a.csv", 50)));
        Assert.Throws<NameTakenException>(() => folder.Add("one", null, new DataSetSource(Csv("b.csv", 60))));
        Assert.Equal(50, folder.Find("one")!.Count);
    }

    [Fact]
    public void Text_and_series_train_too()
    {
        var folder = new DataSetFolder(_data);
        File.WriteAllText(Path.Combine(_data, "t.txt"), string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 200)));
        folder.Add("cat", null, new DataSetSource(Path.Combine(_data, "t.txt")));
        var text = Ask.Values("rnn", """{"epochs": 8, "hidden": 32, "learningRate": 0.02, "context": 16}""", "cat", folder: _data);
        Assert.True(text["perplexity"] < 2, $"{text["perplexity"]}");
        Assert.Equal(Math.Exp(text["loss"]), text["perplexity"], 6);

        File.WriteAllLines(Path.Combine(_data, "s.csv"), Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"{Math.Sin(i * 0.3) * 50 + 100}")).Prepend("y"));
        folder.Add("wave", "series", new DataSetSource(Path.Combine(_data, "s.csv")));
        var wave = Ask.Values("mlp", """{"epochs": 30, "context": 12, "learningRate": 0.005}""", "wave", folder: _data);
        Assert.True(wave["r2"] > 0.97 && wave["mae"] < 5, $"{wave["r2"]} {wave["mae"]}");
    }

    private string Csv(string name, int rows)
    {
        var path = Path.Combine(_data, name);
        File.WriteAllLines(path, Enumerable.Range(0, rows).Select(i =>
            FormattableString.Invariant($"{(i % 100 == 7 ? "" : $"{(i * 37 % 101 - 50) / 10.0:0.0}")},{(i % 3 == 0 ? "red" : "blue")},{(i * 37 % 101 < 50 ? "left" : "right")}")).Prepend("size,colour,side"));
        return path;
    }
}
