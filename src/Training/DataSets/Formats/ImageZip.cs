namespace HpoService.Training.DataSets.Formats;

/// <summary>Images in a ZIP, in a folder for each class.</summary>
internal sealed class ImageZip : IDataSetFormat
{
    public const string FormatName = "images";

    public string Name => FormatName;

    public string Description => "A ZIP with a folder for each class, of JPEG, PNG, PGM or PPM images of one size, or of any with imageSize.";

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
        int[]? sizes = null;
        using var values = new ValueSink(source.Store);
        var (labels, count) = (new List<long>(), 0L);
        foreach (var (entry, parts) in files)
        {
            var picture = Fit(Pictures.Decode(archive.Read(entry), entry.FullName, source.Bounds.Pixels), source);
            int[] own = [picture.Channels, picture.Height, picture.Width];
            sizes ??= own;
            // Images are packed once more, inside.
            count += picture.Values.Length;
            if (count > source.Bounds.Bytes)
                throw new InvalidDataSetException($"a data set's images must unpack to at most {source.Bounds.Bytes} bytes, but got more.");
            if (!own.SequenceEqual(sizes))
                throw new InvalidDataSetException(
                    $"images must have one size and number of channels, or imageSize and imageChannels to bring them to, but got {own[2]} x {own[1]} x {own[0]} in {entry.FullName} after {sizes[2]} x {sizes[1]} x {sizes[0]}.");
            values.Add(picture.Values);
            labels.Add(Array.IndexOf(classes, parts[^2]));
        }

        var (all, rows) = values.Done(sizes!.Aggregate(1, (product, size) => product * size));
        return new RawSamples(SampleKind.Image) { Sizes = sizes!, Values = all, Rows = rows, Labels = [.. labels], Classes = classes };
    }

    private static Picture Fit(Picture picture, DataSetSource source)
    {
        // Channels first where there will be fewer.
        if (source.ImageChannels is { } channels)
            picture = picture.WithChannels(channels);
        return source.ImageSize is { } side ? picture.Square(side) : picture;
    }
}
