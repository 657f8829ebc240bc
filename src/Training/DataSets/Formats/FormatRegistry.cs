namespace HpoService.Training.DataSets.Formats;

/// <summary>Every format of data sets, one line each; the first usual one is taken.</summary>
public static class FormatRegistry
{
    internal static IReadOnlyList<IDataSetFormat> All { get; } =
    [
        new Csv(),
        new Npz(),
        new Idx(),
        new ImageZip(),
        new SequenceZip(),
        new PlainText(),
        new TimeSeries(),
    ];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(f => f.Name)];

    /// <summary>Reads a file.</summary>
    /// <param name="format">One of <see cref="Names"/>; null = what the file's name says.</param>
    /// <param name="source">What to read.</param>
    /// <exception cref="InvalidDataSetException">It is not what it should be; says where.</exception>
    public static (string Format, RawData Data) Read(string? format, DataSetSource source)
    {
        var name = source.Shown;
        if (name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            name = name[..^3];
        var reader = (format is null ? All.FirstOrDefault(f => f.IsUsual(name)) : All.FirstOrDefault(f => f.Name == format))
            ?? throw new InvalidDataSetException($"format must be one of {string.Join(", ", Names)}, but got {(format is null ? $"none for a file named '{name}'" : $"'{format}'")}.", "/format");
        if (source.ImageSize is { } size && (size is < 1 or > DataSettings.MostImageSize || reader is not ImageZip))
            throw new InvalidDataSetException($"imageSize must be from 1 to {DataSettings.MostImageSize}, for a ZIP of images, but got {size} for {reader.Name}.", "/imageSize");
        if (source.ImageChannels is { } channels && (channels is not (1 or 3) || reader is not ImageZip))
            throw new InvalidDataSetException($"imageChannels must be 1 or 3, for a ZIP of images, but got {channels} for {reader.Name}.", "/imageChannels");
        return (reader.Name, reader.Read(source));
    }
}
