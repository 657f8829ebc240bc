using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.Predicting;

/// <summary>Rows for a model in a file: CSV with a header, or a JSON array.</summary>
public static class RowFile
{
    /// <summary>The rows as JSON; of CSV objects of texts, which the model's columns make numbers of.</summary>
    /// <exception cref="InvalidDataSetException">The file is neither.</exception>
    public static IReadOnlyList<JsonNode?> Read(string path)
    {
        if (path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return Json(path);
        var (header, rows) = CsvRows.Read(new DataSetSource(path));
        return [.. rows.Select(r => (JsonNode)new JsonObject(header.Select((name, j) => KeyValuePair.Create(name, (JsonNode?)r.Fields[j]))))];
    }

    private static List<JsonNode?> Json(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) is JsonArray rows ? [.. rows.Select(r => r?.DeepClone())]
                : throw new InvalidDataSetException($"{Path.GetFileName(path)} must be an array of rows, but got something else.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataSetException($"{Path.GetFileName(path)} must be JSON, but got: {e.Message}");
        }
    }
}
