using System.Text;
using CsvHelper;

namespace HpoService.Training.DataSets.Formats;

/// <summary>A row of a CSV file.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Fields">Its values.</param>
internal sealed record CsvRow(long Line, string[] Fields);

/// <summary>The rows of a CSV file, all equally long, and the columns' names.</summary>
internal static class CsvRows
{
    /// <exception cref="InvalidDataSetException">A row is longer or shorter, or there is none.</exception>
    public static (string[] Header, List<CsvRow> Rows) Read(DataSetSource source)
    {
        using var reader = new StreamReader(source.Open(), new UTF8Encoding(false, throwOnInvalidBytes: true));
        return Read(reader, source.Shown);
    }

    public static (string[] Header, List<CsvRow> Rows) Read(TextReader reader, string what)
    {
        var rows = new List<CsvRow>();
        try
        {
            var text = reader.ReadToEnd();
            var options = CsvReaderOptions.Default with { HasHeader = false, Separator = Separator(text), SkipEmptyLines = true, TrackLineNumbers = true };
            using var parser = CsvReader.FromText(text, options);
            while (parser.Read())
                rows.Add(new CsvRow(parser.LineNumber, parser.Current.ToArray()));
        }
        catch (CsvFormatException e)
        {
            throw new InvalidDataSetException($"{Path.GetFileName(what)} must have values between delimiters, but got, in row {e.LineNumber}: {e.Message}");
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataSetException($"{Path.GetFileName(what)} must be UTF-8 text, but got other bytes: {e.Message}");
        }

        if (rows.Count == 0)
            throw new InvalidDataSetException($"{Path.GetFileName(what)} must have rows, but got none.");
        var width = rows[0].Fields.Length;
        if (rows.Find(r => r.Fields.Length != width) is { } odd)
            throw new InvalidDataSetException($"every row must have as many values as the first, {width}, but got {odd.Fields.Length} in row {odd.Line}.");
        var header = Enumerable.Range(0, width).Select(j => $"column{j}").ToArray();
        if (IsHeader(rows))
        {
            header = [.. rows[0].Fields.Select(f => f.Trim())];
            rows.RemoveAt(0);
            if (header.Distinct().Count() < width)
                throw new InvalidDataSetException($"columns must have distinct names, but got {string.Join(", ", header)}.");
        }

        else if (OddFirst(rows) is { } column)
        {
            throw new InvalidDataSetException(
                $"row {rows[0].Line} must name the columns, none of them as a number, or hold values like those below it, but got '{rows[0].Fields[column]}' in column {column + 1}, where all other rows have numbers.");
        }

        return rows.Count > 0 ? (header, rows) : throw new InvalidDataSetException($"{Path.GetFileName(what)} must have rows below its header, but got none.");
    }

    // A first row that is neither names nor values, such as the count line "150,4,setosa,versicolor,virginica" of scikit-learn's files: read as a
    // sample it would make categories of a column's numbers.
    private static int? OddFirst(List<CsvRow> rows)
    {
        for (var j = 0; j < rows[0].Fields.Length && rows.Count > 3; j++)
            if (!IsValue(rows[0], j) && rows.Skip(1).All(r => IsValue(r, j)))
                return j;
        return null;

        static bool IsValue(CsvRow row, int j) => Csv.Number(row.Fields[j]) is not null || Csv.IsMissing(row.Fields[j]);
    }

    // The one of comma, semicolon and tab that the first line has most of.
    private static char Separator(string text)
    {
        var line = text.AsSpan(0, text.IndexOf('\n', StringComparison.Ordinal) is var end && end >= 0 ? end : text.Length);
        var (commas, semicolons, tabs) = (line.Count(','), line.Count(';'), line.Count('\t'));
        return tabs > commas && tabs > semicolons ? '\t' : semicolons > commas ? ';' : ',';
    }

    // The first row names the columns if none of its values is a number and some column below it holds numbers, or if all rows are text
    // and its values occur nowhere else.
    private static bool IsHeader(List<CsvRow> rows)
    {
        if (rows.Count < 2 || rows[0].Fields.Any(f => Csv.Number(f) is not null || Csv.IsMissing(f)))
            return false;
        return Enumerable.Range(0, rows[0].Fields.Length).Any(j => rows.Skip(1).Take(100).All(r => Csv.Number(r.Fields[j]) is not null || Csv.IsMissing(r.Fields[j])))
            || Enumerable.Range(0, rows[0].Fields.Length).All(j => rows.Skip(1).All(r => r.Fields[j] != rows[0].Fields[j]));
    }
}
