using System.Text;

namespace HpoService.Training.DataSets.Formats;

/// <summary>Sequences of any length in a ZIP, a CSV file each with a row a moment; their classes are folders, or a CSV file of ids and
/// classes whose name ends with target or labels, where an id is a sequence's file name or the number at its end.</summary>
internal sealed class SequenceZip : IDataSetFormat
{
    private static readonly string[] ListNames = ["target", "targets", "labels"];

    public string Name => "sequences";

    public string Description => "A ZIP with a CSV file for each sequence, in a folder for each class, or with a file …target.csv of ids and classes.";

    public bool IsUsual(string fileName) => false; // a ZIP of images looks the same: it must be asked for

    public RawData Read(DataSetSource source)
    {
        using var archive = new Archive(source);
        var files = archive.Files.Where(e => e.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)).Select(e => (Entry: e, Stem: Path.GetFileNameWithoutExtension(e.Name))).ToArray();
        var list = files.FirstOrDefault(f => ListNames.Any(end => f.Stem.EndsWith(end, StringComparison.OrdinalIgnoreCase)));
        var pairs = list.Entry is null
            ? [.. files.Select(f => (f.Entry, Class: f.Entry.FullName.Split('/') is [.., var folder, _] ? folder : ""))]
            : Rows(archive, list.Entry).Select(row => (Find(row), Class: row.Fields[^1].Trim())).ToArray();
        var classes = pairs.Select(p => p.Class).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (classes.Length < 2 || classes.Length > source.Bounds.Categories)
            throw new InvalidDataSetException($"sequences must have from 2 to {source.Bounds.Categories} classes, but got {classes.Length}.");
        var sequences = pairs.Select(p => Values(Rows(archive, p.Item1), p.Item1.FullName)).ToArray();
        var (time, width) = (sequences.Max(s => s.Rows), sequences[0].Width);
        if (Array.FindIndex(sequences, s => s.Width != width) is var odd && odd >= 0)
            throw new InvalidDataSetException($"sequences must have the same columns, but got {sequences[odd].Width} in {pairs[odd].Item1.FullName} after {width}.");
        var values = new float[(long)sequences.Length * time * width];
        for (var i = 0; i < sequences.Length; i++)
            sequences[i].Values.CopyTo(values.AsSpan(i * time * width));
        return new RawSamples(SampleKind.Sequence)
        {
            Sizes = [time, width], Values = values, Lengths = [.. sequences.Select(s => (long)s.Rows)], Classes = classes,
            Labels = [.. pairs.Select(p => (long)Array.IndexOf(classes, p.Class))],
        };

        System.IO.Compression.ZipArchiveEntry Find(CsvRow row) => files.FirstOrDefault(f => f.Stem == row.Fields[0].Trim()).Entry
            ?? files.FirstOrDefault(f => f.Stem.EndsWith($"_{row.Fields[0].Trim()}", StringComparison.Ordinal)).Entry
            ?? throw new InvalidDataSetException($"every id must be the name of a sequence, but got '{row.Fields[0]}' in row {row.Line} of {list.Entry!.FullName}.");
    }

    private static List<CsvRow> Rows(Archive archive, System.IO.Compression.ZipArchiveEntry entry)
    {
        using var reader = new StreamReader(new MemoryStream(archive.Read(entry)), Encoding.UTF8);
        return CsvRows.Read(reader, entry.FullName).Rows;
    }

    private static (float[] Values, int Rows, int Width) Values(List<CsvRow> rows, string name) => (
        [.. rows.SelectMany(row => row.Fields.Select((field, j) => (float)(Csv.Number(field)
            ?? throw new InvalidDataSetException($"a sequence must hold numbers, but got '{field}' in row {row.Line}, column {j + 1} of {name}."))))],
        rows.Count, rows[0].Fields.Length);
}
