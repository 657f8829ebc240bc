namespace HpoService.Training.DataSets.Formats;

/// <summary>Images of one size in a ZIP, in a folder for each class.</summary>
internal sealed class ImageZip : IDataSetFormat
{
    public string Name => "images";

    public string Description => "A ZIP with a folder for each class, of PNG, PGM or PPM images of one size.";

    public bool IsUsual(string fileName) => fileName.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);

    public RawData Read(DataSetSource source)
    {
        using var archive = new Archive(source);
        var files = archive.Files.Select(e => (Entry: e, Parts: e.FullName.Split('/'))).ToArray();
        if (files.FirstOrDefault(f => f.Parts.Length < 2) is { Entry: { } stray })
            throw new InvalidDataSetException($"every image must lie in the folder of its class, but got {stray.FullName}.");
        var classes = files.Select(f => f.Parts[^2]).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (classes.Length < 2 || classes.Length > source.Bounds.Categories)
            throw new InvalidDataSetException($"an archive of images must have from 2 to {source.Bounds.Categories} folders of classes, but got {classes.Length}.");
        Picture? first = null;
        var (values, labels, pixels) = (new List<float>(), new List<long>(), 0L);
        foreach (var (entry, parts) in files)
        {
            var picture = Pictures.Decode(archive.Read(entry), entry.FullName, source.Bounds.Pixels);
            first ??= picture;
            // Images are packed once more, inside.
            pixels += picture.Values.Length;
            if (pixels > source.Bounds.Bytes)
                throw new InvalidDataSetException($"a data set's images must unpack to at most {source.Bounds.Bytes} bytes, but got more.");
            if ((picture.Channels, picture.Height, picture.Width) != (first.Channels, first.Height, first.Width))
                throw new InvalidDataSetException(
                    $"images must have one size and number of channels, but got {picture.Width} x {picture.Height} x {picture.Channels} in {entry.FullName} after {first.Width} x {first.Height} x {first.Channels}.");
            values.AddRange(picture.Values);
            labels.Add(Array.IndexOf(classes, parts[^2]));
        }

        return new RawSamples(SampleKind.Image) { Sizes = [first!.Channels, first.Height, first.Width], Values = [.. values], Labels = [.. labels], Classes = classes };
    }
}
