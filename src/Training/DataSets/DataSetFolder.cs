using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using HpoService.Search;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.DataSets;

/// <summary>Registered data sets: a folder for each, with its file as it came and a card, under <c>datasets</c> of the data folder.</summary>
/// <remarks>A data set is read as a whole before it is kept, in a folder that gets its name last: a broken file, or a crash, leaves nothing.</remarks>
public sealed partial class DataSetFolder(string dataFolder)
{
    // What is told of a data set in every list of them; columns and categories may come by the million.
    private const int MostCard = 1_000_000;
    private const string Card = "card.json";
    private readonly string _root = Path.Combine(dataFolder, "datasets");
    private readonly KeptCards _cards = new();

    /// <summary>The cards, by name.</summary>
    public IReadOnlyList<DataCard> List()
    {
        if (!Directory.Exists(_root))
            return [];
        string[] cards = [.. Directory.GetDirectories(_root).Where(d => Valid().IsMatch(Path.GetFileName(d))).Order(StringComparer.Ordinal).Select(d => Path.Combine(d, Card))];
        _cards.Retain(cards);
        return [.. cards.Select(_cards.Read).OfType<DataCard>()];
    }

    /// <summary>The card of a name; null when there is none, or none that can be read: one bad folder must not hide the others.</summary>
    public DataCard? Find(string name) => Valid().IsMatch(name) ? _cards.Read(Path.Combine(_root, name, Card)) : null;

    /// <summary>Reads, checks and keeps a data set.</summary>
    /// <param name="name">Letters, digits, - and _; at most 100; not yet taken.</param>
    /// <param name="format">One of <see cref="FormatRegistry.Names"/>; null = what the file's name says.</param>
    /// <param name="source">Its file, and what the file itself does not say.</param>
    /// <param name="request">Kept beside it; see <see cref="RequestOf"/>.</param>
    /// <param name="move">Whether the files are given away, not copied.</param>
    /// <exception cref="InvalidDataSetException">The name is taken or none, or the file is no data set: says where. Nothing is kept.</exception>
    public DataCard Add(string name, string? format, DataSetSource source, bool move = false, string? request = null)
    {
        if (!Valid().IsMatch(name) || DataSetRegistry.Names.Contains(name))
            throw new InvalidDataSetException($"a data set's name must be letters, digits, - and _, at most 100, and none that ships, but got '{name}'.", "/name");
        if (Directory.Exists(Path.Combine(_root, name)))
            throw new NameTakenException("data set", name);
        // What was given away lies in a folder of whoever gave it: what is made of it goes with that folder if both are killed. It is not made anew where it went before.
        var folder = move ? Path.Combine(Path.GetDirectoryName(source.Path)!, "reading") : Hidden(name);
        if (move && !File.Exists(source.Path))
            throw new FileNotFoundException(null, source.Path);
        Directory.CreateDirectory(folder);
        try
        {
            var (read, data) = ReadInto(folder, format, source, (long)DataSettings.StreamAbove.Start << 20);
            data.Prepare(Preview(data));
            var bytes = new FileInfo(source.Path).Length + (source.Labels is null ? 0 : new FileInfo(source.Labels).Length);
            var card = CardOf(name, read, data, bytes, source.Target, source.Goal);
            Write(Path.Combine(folder, Card), card);
            if (request is not null)
                File.WriteAllText(Path.Combine(folder, "request"), request);
            Take(source.Path, "data");
            if (source.Labels is not null)
                Take(source.Labels, "labels");
            Directory.Move(folder, Path.Combine(_root, name)); // a crash before leaves a name that no list shows
            return card;
        }
        catch (IOException) when (Directory.Exists(Path.Combine(_root, name)))
        {
            throw new NameTakenException("data set", name);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }

        void Take(string path, string kept)
        {
            if (move)
                File.Move(path, Path.Combine(folder, kept));
            else
                File.Copy(path, Path.Combine(folder, kept), overwrite: true);
        }
    }

    /// <summary>The request that a data set came with; null = none is known.</summary>
    public string? RequestOf(string name) =>
        Valid().IsMatch(name) && Path.Combine(_root, name, "request") is var file && File.Exists(file) ? File.ReadAllText(file) : null;

    /// <summary>Forgets a data set; trainings that have read it go on. False = there is none.</summary>
    public bool Remove(string name)
    {
        if (Find(name) is null)
            return false;
        var gone = Hidden(name);
        try
        {
            Directory.Move(Path.Combine(_root, name), gone); // at once for whoever looks; a crash after it leaves a name that no list shows
        }
        catch (DirectoryNotFoundException)
        {
            return false; // somebody else was faster
        }

        Directory.Delete(gone, recursive: true);
        return true;
    }

    /// <summary>Reads a data set, or null when there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="mostBytes">What its numbers may take of memory; more of them are read from disk as they are needed.</param>
    internal RawData? Read(string name, long mostBytes = long.MaxValue)
    {
        if (Find(name) is not { } card)
            return null;
        var folder = Path.Combine(_root, name);
        var isLarge = card.Sizes.Aggregate((long)card.Count * sizeof(float), (product, size) => product * size) > mostBytes;
        if (isLarge && StoredSamples.Read(folder) is { } stored)
            return stored;
        var (data, labels) = (Path.Combine(folder, "data"), Path.Combine(folder, "labels"));
        // Images that were not brought to these sizes have them anyway.
        int? side = null, channels = null;
        if (card is { Format: ImageZip.FormatName, Sizes: [var c, var height, var width] })
            (side, channels) = (height == width && height <= DataSettings.MostImageSize ? height : null, c);
        var source = new DataSetSource(data, card.Target, File.Exists(labels) ? labels : null, card.AskedGoal, ImageSize: side, ImageChannels: channels);
        if (!isLarge)
            return FormatRegistry.Read(card.Format, source).Data;
        // Once: whoever trains on it next finds the files. Several may do so at once; what they write is the same.
        var work = Directory.CreateDirectory(Hidden(name)).FullName;
        try
        {
            var read = ReadInto(work, card.Format, source, mostBytes).Data;
            foreach (var file in StoredSamples.Files.Where(f => File.Exists(Path.Combine(work, f))))
                File.Move(Path.Combine(work, file), Path.Combine(folder, file), overwrite: true);
            return StoredSamples.Read(folder) ?? read;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // Samples whose numbers are too many for memory are files in the folder then, whatever their format.
    private static (string Format, RawData Data) ReadInto(string folder, string? format, DataSetSource source, long mostBytes)
    {
        var (read, data) = FormatRegistry.Read(format, source with { Store = new ValueStore(folder, mostBytes) });
        if (data is not RawSamples samples || samples.Rows is null && samples.Values.LongLength * sizeof(float) <= mostBytes)
            return (read, data);
        StoredSamples.Write(folder, samples);
        return (read, StoredSamples.Read(folder)!);
    }

    // Of its own each time: what a crash leaves must not stand in the way of the next process of the same number. The next upload removes it, half a day later.
    private string Hidden(string name) => Path.Combine(_root, $".{name}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");

    // On the disk before the folder gets its name: a card that a loss of power has emptied would be a data set that nobody can read.
    private static void Write(string path, DataCard card)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(card, HpoJson.Options);
        if (json.Length > MostCard)
            throw new InvalidDataSetException($"names of columns, categories and classes must have at most {MostCard} bytes in all, but got {json.Length}.");
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(json);
        file.Flush(flushToDisk: true);
    }

    private static DataOptions Preview(RawData data) => new() { Context = Math.Clamp(data.Count / 10, 1, 32), Validation = 0.3, Test = 0.1 };

    internal static DataCard CardOf(string name, string format, RawData data, long bytes, string? target, string? goal) => data switch
    {
        RawSamples s => new DataCard(name, s.Kind, s.Goal, format, s.Count, s.Sizes, s.Classes, Columns(s), bytes, target, goal),
        RawText t => new DataCard(name, t.Kind, t.Goal, format, t.Count, [], [.. t.Vocabulary.Take(1000)], [], bytes, target, goal),
        RawSeries r => new DataCard(name, r.Kind, r.Goal, format, r.Count, [r.Columns.Count], [], [.. r.Columns.Select(c => new ColumnCard(c, 0))], bytes, target, goal),
        _ => throw new NotSupportedException(data.GetType().Name),
    };

    private static ColumnCard[] Columns(RawSamples data)
    {
        var n = data.Columns.Count;
        var (row, counts, sums, squares) = (new float[n], new int[n], new double[n], new double[n]);
        Each((j, v) => (counts[j], sums[j]) = (counts[j] + 1, sums[j] + v));
        Each((j, v) => squares[j] += (v - sums[j] / counts[j]) * (v - sums[j] / counts[j]));
        return [.. data.Columns.Select((column, j) => column.Categories is null && counts[j] > 0
            ? new ColumnCard(column.Name, data.Count - counts[j], null, sums[j] / counts[j], Math.Sqrt(squares[j] / counts[j]))
            : new ColumnCard(column.Name, data.Count - counts[j], column.Categories))];

        void Each(Action<int, double> take)
        {
            for (var i = 0; i < data.Count && n > 0; i++)
            {
                var values = data.Row(i, row);
                for (var j = 0; j < n; j++)
                    if (!float.IsNaN(values[j]))
                        take(j, values[j]);
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
    private static partial Regex Valid();
}
