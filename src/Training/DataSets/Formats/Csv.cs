using System.Globalization;

namespace HpoService.Training.DataSets.Formats;

/// <summary>A table: a header, if the first row has one, then a row a sample; the target is the last column unless another is named.</summary>
/// <remarks>A column is numbers if every value that is not missing is one; else its distinct values are its categories, in ordinal order.
/// Missing: empty, ?, NA, NaN, null. A target that is text, or whole numbers from 0 on with at most 50 values, is a class.</remarks>
internal sealed class Csv : IDataSetFormat
{
    private static readonly HashSet<string> Missing = new(StringComparer.OrdinalIgnoreCase) { "", "?", "na", "nan", "null", "n/a" };

    public string Name => "csv";

    public string Description => "A table with a row a sample, comma, semicolon or tab between values; a header is found by itself.";

    public bool IsUsual(string fileName) => fileName.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || fileName.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);

    public RawData Read(DataSetSource source)
    {
        var (header, rows) = CsvRows.Read(source);
        var target = TargetColumn(source.Target, header);
        var features = Enumerable.Range(0, header.Length).Where(j => j != target).ToArray();
        if (features.Length == 0)
            throw new InvalidDataSetException($"a table must have a column beside its target, but got {string.Join(", ", header)}.");
        var columns = features.Select(j => ColumnOf(header[j], j, rows, source.Bounds)).ToArray();
        var values = new float[(long)rows.Count * features.Length];
        for (var i = 0; i < rows.Count; i++)
            for (var k = 0; k < features.Length; k++)
                values[i * features.Length + k] = Value(rows[i].Fields[features[k]], columns[k]);
        var raw = new RawSamples(SampleKind.Table) { Sizes = [features.Length], Values = values, Columns = [.. columns.Select(c => c.Column)] };
        return WithTarget(raw, [.. rows.Select(r => (r.Line, r.Fields[target]))], header[target], source);
    }

    private static int TargetColumn(string? target, string[] header)
    {
        if (target is null)
            return header.Length - 1;
        var at = Array.IndexOf(header, target);
        if (at < 0 && int.TryParse(target, out var number) && number >= 0 && number < header.Length)
            at = number;
        return at >= 0 ? at : throw new InvalidDataSetException($"target must be one of {string.Join(", ", header)}, or a column's number from 0, but got '{target}'.", "/target");
    }

    private static (Column Column, Dictionary<string, int>? Numbers) ColumnOf(string name, int j, List<CsvRow> rows, DataSetLimits limits)
    {
        if (rows.All(r => IsMissing(r.Fields[j]) || Number(r.Fields[j]) is not null))
            return (new Column(name), null);
        var categories = rows.Select(r => r.Fields[j].Trim()).Where(v => !IsMissing(v)).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (categories.Length > limits.Categories)
        {
            var first = rows.First(r => !IsMissing(r.Fields[j]) && Number(r.Fields[j]) is null);
            throw new InvalidDataSetException(
                $"a column must hold numbers, or at most {limits.Categories} categories, but got {categories.Length} values such as '{first.Fields[j]}' in row {first.Line}, column {j + 1} ({name}).");
        }

        return (new Column(name, categories), categories.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i));
    }

    private static float Value(string text, (Column Column, Dictionary<string, int>? Numbers) column) => IsMissing(text) ? float.NaN
        : column.Numbers is { } numbers ? numbers[text.Trim()] : (float)Number(text)!.Value;

    private static RawSamples WithTarget(RawSamples raw, (long Line, string Text)[] targets, string name, DataSetSource source)
    {
        foreach (var (line, text) in targets)
            if (IsMissing(text))
                throw new InvalidDataSetException($"every row must have a target, but got '{text}' in row {line}, column {name}.");
        var numbers = targets.Select(t => Number(t.Text)).ToArray();
        var isClass = source.Goal switch
        {
            "classification" => true,
            "regression" => false,
            null => numbers.Any(v => v is null) || numbers.All(v => v == Math.Floor(v!.Value) && v >= 0) && numbers.Distinct().Count() <= 50,
            _ => throw new InvalidDataSetException($"goal must be classification or regression, but got '{source.Goal}'.", "/goal"),
        };
        if (!isClass)
        {
            var wrong = Array.FindIndex(numbers, v => v is null);
            return wrong < 0
                ? raw with { Targets = [.. numbers.Select(v => (float)v!.Value)], TargetNames = [name] }
                : throw new InvalidDataSetException($"a target must be a number, but got '{targets[wrong].Text}' in row {targets[wrong].Line}, column {name}.");
        }

        var words = targets.Select(t => t.Text.Trim()).ToArray();
        string[] classes = numbers.All(v => v is not null)
            ? [.. words.Distinct().OrderBy(w => Number(w))]
            : [.. words.Distinct().Order(StringComparer.Ordinal)];
        if (classes.Length < 2 || classes.Length > source.Bounds.Categories)
            throw new InvalidDataSetException($"a class column must have from 2 to {source.Bounds.Categories} classes, but got {classes.Length} in column {name}.");
        var at = classes.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => (long)p.i);
        return raw with { Labels = [.. words.Select(w => at[w])], Classes = classes, TargetName = name };
    }

    internal static bool IsMissing(string text) => Missing.Contains(text.Trim());

    internal static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;
}
