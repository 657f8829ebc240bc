using System.Text.Json;
using System.Text.RegularExpressions;
using HpoService.Search;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.DataSets;

/// <summary>What is known of a data set without reading it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What one sample is.</param>
/// <param name="Goal">What is to be learned.</param>
/// <param name="Format">A format of <see cref="FormatRegistry"/>.</param>
/// <param name="Count">Samples, tokens or moments.</param>
/// <param name="Sizes">Of one sample; empty for text.</param>
/// <param name="Classes">The classes' names, or the first 1,000 of a vocabulary.</param>
/// <param name="Columns">Of a table: its features, with their categories, missing values, mean and deviation.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="Target">The target column that was asked for.</param>
/// <param name="AskedGoal">The goal that was asked for.</param>
public sealed record DataCard(
    string Name, SampleKind Kind, GoalKind Goal, string Format, int Count, IReadOnlyList<int> Sizes, IReadOnlyList<string> Classes, IReadOnlyList<ColumnCard> Columns,
    long Bytes, string? Target = null, string? AskedGoal = null);

/// <summary>A column of a <see cref="DataCard"/>.</summary>
public sealed record ColumnCard(string Name, int Missing, IReadOnlyList<string>? Categories = null, double? Mean = null, double? Deviation = null);

/// <summary>Registered data sets: a folder for each, with its file as it came and a card, under <c>datasets</c> of the data folder.</summary>
/// <remarks>A data set is read as a whole before it is kept, in a folder that gets its name last: a broken file, or a crash, leaves nothing.</remarks>
public sealed partial class DataSetFolder(string dataFolder)
{
    private readonly string _root = Path.Combine(dataFolder, "datasets");

    /// <summary>The cards, by name.</summary>
    public IReadOnlyList<DataCard> List() => !Directory.Exists(_root) ? [] :
    [
        .. Directory.GetDirectories(_root).Where(d => Valid().IsMatch(Path.GetFileName(d))).Order(StringComparer.Ordinal)
            .Select(d => Find(Path.GetFileName(d))).OfType<DataCard>(),
    ];

    /// <summary>The card of a name, or null.</summary>
    public DataCard? Find(string name)
    {
        var file = Path.Combine(_root, name, "card.json");
        return Valid().IsMatch(name) && File.Exists(file) ? JsonSerializer.Deserialize<DataCard>(File.ReadAllText(file), HpoJson.Options) : null;
    }

    /// <summary>Reads, checks and keeps a data set.</summary>
    /// <param name="name">Letters, digits, - and _; at most 100; not yet taken.</param>
    /// <param name="format">One of <see cref="FormatRegistry.Names"/>; null = what the file's name says.</param>
    /// <param name="source">Its file, and what the file itself does not say.</param>
    /// <param name="fileName">The name that the file came with; null = the path's.</param>
    /// <exception cref="InvalidDataSetException">The name is taken or none, or the file is no data set: says where. Nothing is kept.</exception>
    public DataCard Add(string name, string? format, DataSetSource source, string? fileName = null)
    {
        if (!Valid().IsMatch(name) || DataSetRegistry.Names.Contains(name))
            throw new InvalidDataSetException($"a data set's name must be letters, digits, - and _, at most 100, and none that ships, but got '{name}'.");
        if (Directory.Exists(Path.Combine(_root, name)))
            throw new InvalidDataSetException($"a data set's name must not be taken, but got '{name}'.");
        var (read, data) = FormatRegistry.Read(format, source, fileName);
        data.Prepare(Preview(data));
        var folder = Path.Combine(_root, $".{name}.{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        try
        {
            File.Copy(source.Path, Path.Combine(folder, "data"), overwrite: true);
            if (source.Labels is not null)
                File.Copy(source.Labels, Path.Combine(folder, "labels"), overwrite: true);
            var card = CardOf(name, read, data, source);
            File.WriteAllText(Path.Combine(folder, "card.json"), JsonSerializer.Serialize(card, HpoJson.Options));
            Directory.Move(folder, Path.Combine(_root, name)); // a crash before leaves a name that no list shows
            return card;
        }
        catch (IOException e) when (Directory.Exists(Path.Combine(_root, name)))
        {
            throw new InvalidDataSetException($"a data set's name must not be taken, but got '{name}': {e.Message}");
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Forgets a data set; trainings that have read it go on. False = there is none.</summary>
    public bool Remove(string name)
    {
        if (Find(name) is null)
            return false;
        Directory.Delete(Path.Combine(_root, name), recursive: true);
        return true;
    }

    /// <summary>Reads a data set, or null when there is none.</summary>
    internal RawData? Read(string name)
    {
        if (Find(name) is not { } card)
            return null;
        var (data, labels) = (Path.Combine(_root, name, "data"), Path.Combine(_root, name, "labels"));
        return FormatRegistry.Read(card.Format, new DataSetSource(data, card.Target, File.Exists(labels) ? labels : null, card.AskedGoal)).Data;
    }

    private static DataOptions Preview(RawData data) => new() { Context = Math.Clamp(data.Count / 10, 1, 32), Validation = 0.3, Test = 0.1 };

    private static DataCard CardOf(string name, string format, RawData data, DataSetSource source)
    {
        var bytes = new FileInfo(source.Path).Length + (source.Labels is null ? 0 : new FileInfo(source.Labels).Length);
        return data switch
        {
            RawSamples s => new DataCard(name, s.Kind, s.Goal, format, s.Count, s.Sizes, s.Classes, Columns(s), bytes, source.Target, source.Goal),
            RawText t => new DataCard(name, t.Kind, t.Goal, format, t.Count, [], [.. t.Vocabulary.Take(1000)], [], bytes, source.Target, source.Goal),
            RawSeries r => new DataCard(name, r.Kind, r.Goal, format, r.Count, [r.Columns.Count], [], [.. r.Columns.Select(c => new ColumnCard(c, 0))], bytes, source.Target, source.Goal),
            _ => throw new NotSupportedException(data.GetType().Name),
        };
    }

    private static ColumnCard[] Columns(RawSamples data) => [.. data.Columns.Select((column, j) =>
    {
        var values = Enumerable.Range(0, data.Count).Select(i => data.Values[i * data.Columns.Count + j]).Where(v => !float.IsNaN(v)).Select(v => (double)v).ToArray();
        double? mean = column.Categories is null && values.Length > 0 ? values.Average() : null;
        return new ColumnCard(
            column.Name, data.Count - values.Length, column.Categories, mean, mean is { } m ? Math.Sqrt(values.Average(v => (v - m) * (v - m))) : null);
    })];

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
    private static partial Regex Valid();
}
