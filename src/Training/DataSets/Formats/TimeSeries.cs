namespace HpoService.Training.DataSets.Formats;

/// <summary>A CSV file with a row a moment, in order; a column of times is left out, the target column is forecast.</summary>
internal sealed class TimeSeries : IDataSetFormat
{
    public string Name => "series";

    public string Description => "CSV with a row a moment, oldest first; the target column's next values are forecast from all columns.";

    public bool IsUsual(string fileName) => false; // a table looks the same: it must be asked for

    public RawData Read(DataSetSource source)
    {
        var (header, rows) = CsvRows.Read(source);
        var numeric = Enumerable.Range(0, header.Length).Where(j => j > 0 || rows.All(r => Csv.Number(r.Fields[0]) is not null)).ToList();
        var target = source.Target is null ? numeric.LastOrDefault(-1) : Array.IndexOf(header, source.Target);
        if (target < 0 || !numeric.Remove(target))
            throw new InvalidDataSetException($"target must be a column of numbers among {string.Join(", ", header)}, but got '{source.Target}'.");
        int[] columns = [target, .. numeric];
        var values = new float[rows.Count * columns.Length];
        for (var i = 0; i < rows.Count; i++)
            for (var k = 0; k < columns.Length; k++)
                values[i * columns.Length + k] = (float)(Csv.Number(rows[i].Fields[columns[k]]) ?? throw new InvalidDataSetException(
                    $"a series must hold numbers without gaps, but got '{rows[i].Fields[columns[k]]}' in row {rows[i].Line}, column {columns[k] + 1} ({header[columns[k]]})."));
        return new RawSeries { Values = values, Columns = [.. columns.Select(j => header[j])] };
    }
}
