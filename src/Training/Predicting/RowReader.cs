using System.Globalization;
using System.Text.Json;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.Predicting;

/// <summary>Turns rows of JSON into samples as a data set's reader would have them: raw, missing numbers as NaN, categories as their numbers.</summary>
internal sealed class RowReader(SampleKind kind, InputCard card)
{
    private readonly int _count = card.Sizes.Aggregate(1, (product, size) => product * size);

    /// <summary>Raw values of some of the rows, shape [count, …], and how long each sequence is; empty = all of it.</summary>
    /// <exception cref="InvalidRowsException">A row is not what the model was trained on.</exception>
    public (float[] Values, long[] Lengths) Read(IReadOnlyList<JsonElement> rows, int first, int count)
    {
        var values = new float[count * (long)_count];
        var lengths = new List<long>();
        for (var i = first; i < first + count; i++)
        {
            var target = values.AsSpan((i - first) * _count, _count);
            if (kind == SampleKind.Table && card.Columns.Count > 0)
                Table(rows[i], i, target);
            else if (kind == SampleKind.Sequence)
                lengths.Add(Sequence(rows[i], i, target));
            else
                Nested(rows[i], i, target);
        }

        return (values, card.HasLengths ? [.. lengths] : []);
    }

    private void Table(JsonElement row, int i, Span<float> target)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new InvalidRowsException(i, null, $"must be an object of values by column, but got {row.ValueKind}.");
        foreach (var given in row.EnumerateObject())
            if (!card.Targets.Contains(given.Name) && card.Columns.All(c => c.Name != given.Name))
                throw new InvalidRowsException(i, null, $"must have the columns {string.Join(", ", card.Columns.Select(c => c.Name))}, but got '{given.Name}'.");
        for (var j = 0; j < card.Columns.Count; j++)
            target[j] = row.TryGetProperty(card.Columns[j].Name, out var value)
                ? Cell(value, i, card.Columns[j])
                : throw new InvalidRowsException(i, card.Columns[j].Name, "must be there, null where it is missing, but got nothing.");
    }

    // A number may come as text, as it does out of a CSV file, and a category that looks like a number as a number.
    private static float Cell(JsonElement value, int i, Column column)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => throw new InvalidRowsException(i, column.Name, $"must be a number, a text or null, but got {value.ValueKind}."),
        };
        if (Csv.IsMissing(text))
            return float.NaN;
        if (column.Categories is null)
            return Csv.Number(text) is { } number ? (float)number : throw new InvalidRowsException(i, column.Name, $"must be a number, but got '{Start(text)}'.");
        for (var c = 0; c < column.Categories.Count; c++)
            if (column.Categories[c] == text.Trim())
                return c;
        throw new InvalidRowsException(
            i, column.Name, $"must be one of {string.Join(", ", column.Categories.Take(20))}{(column.Categories.Count > 20 ? ", …" : "")}, or null, but got '{Start(text)}'.");
    }

    private int Sequence(JsonElement row, int i, Span<float> target)
    {
        var (time, width) = (card.Sizes[0], card.Sizes[1]);
        if (row.ValueKind != JsonValueKind.Array || row.GetArrayLength() is var length && (length < 1 || length > time || !card.HasLengths && length < time))
            throw new InvalidRowsException(i, null, $"must be an array of {(card.HasLengths ? $"1 to {time}" : $"{time}")} moments, but got {Shown(row)}.");
        foreach (var (moment, t) in row.EnumerateArray().Select((m, t) => (m, t)))
        {
            if (moment.ValueKind != JsonValueKind.Array || moment.GetArrayLength() != width)
                throw new InvalidRowsException(i, $"{t}", $"must be an array of {width} numbers, but got {Shown(moment)}.");
            Flatten(moment, i, target.Slice(t * width, width));
        }

        return row.GetArrayLength();
    }

    // Images as [channels][height][width], gray ones also as [height][width], tables without names as arrays; or all numbers in one array.
    private void Nested(JsonElement row, int i, Span<float> target)
    {
        if (row.ValueKind != JsonValueKind.Array || Flatten(row, i, target) != _count)
            throw new InvalidRowsException(i, null, $"must be an array of {string.Join(" x ", card.Sizes)} numbers, but got {Shown(row)}.");
    }

    private static int Flatten(JsonElement array, int i, Span<float> target)
    {
        var n = 0;
        foreach (var item in array.EnumerateArray())
            if (item.ValueKind == JsonValueKind.Array)
                n += Flatten(item, i, target[Math.Min(n, target.Length)..]);
            else if (item.ValueKind == JsonValueKind.Number && item.TryGetSingle(out var number) && float.IsFinite(number))
            {
                if (n < target.Length)
                    target[n] = number;
                n++;
            }
            else
                throw new InvalidRowsException(i, null, $"must hold numbers, but got {Start(item.GetRawText())}.");
        return n;
    }

    private static string Shown(JsonElement value) => value.ValueKind == JsonValueKind.Array ? string.Create(CultureInfo.InvariantCulture, $"an array of {value.GetArrayLength()}") : value.ValueKind.ToString();

    private static string Start(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
