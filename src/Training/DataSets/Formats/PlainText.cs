using System.Text;

namespace HpoService.Training.DataSets.Formats;

/// <summary>A text, for a model that predicts the next character.</summary>
internal sealed class PlainText : IDataSetFormat
{
    public string Name => "text";

    public string Description => "UTF-8 text, from which a model learns the next character.";

    public bool IsUsual(string fileName) => fileName.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    public RawData Read(DataSetSource source)
    {
        string text;
        try
        {
            using var reader = new StreamReader(source.Open(), new UTF8Encoding(false, throwOnInvalidBytes: true));
            text = reader.ReadToEnd();
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataSetException($"a text must be UTF-8, but got other bytes: {e.Message}");
        }

        if (text.Length < 2)
            throw new InvalidDataSetException($"a text must have at least 2 characters, but got {text.Length}.");
        var raw = RawText.Of(text);
        return raw.Vocabulary.Count <= 10_000 ? raw : throw new InvalidDataSetException($"a text must have at most 10000 distinct characters, but got {raw.Vocabulary.Count}.");
    }
}
