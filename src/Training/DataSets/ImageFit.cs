namespace HpoService.Training.DataSets;

/// <summary>Brings images to another size, by bilinear interpolation between pixels' centres, and to another number of channels: gray is
/// 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601), colours of gray are three times the same.</summary>
internal static class ImageFit
{
    /// <summary>The sizes that images get; null = they stay as they are.</summary>
    /// <exception cref="InvalidSettingsException">Their channels are neither 1 nor 3.</exception>
    public static IReadOnlyList<int>? Sizes(RawSamples data, DataOptions options)
    {
        if (data.Kind != SampleKind.Image || options.ImageSize == 0 && options.ImageChannels == 0)
            return null;
        int[] sizes =
        [
            options.ImageChannels > 0 ? options.ImageChannels : data.Sizes[0], options.ImageSize > 0 ? options.ImageSize : data.Sizes[1],
            options.ImageSize > 0 ? options.ImageSize : data.Sizes[2],
        ];
        if (sizes[0] != data.Sizes[0] && data.Sizes[0] is not (1 or 3))
            throw new InvalidSettingsException("/imageChannels", $"imageChannels must be given for images of 1 or 3 channels only, but got {data.Sizes[0]}.");
        return sizes.SequenceEqual(data.Sizes) ? null : sizes;
    }

    /// <summary>Some images at other sizes.</summary>
    /// <param name="values">Shape [n, channels, height, width].</param>
    /// <param name="which">The images to take.</param>
    /// <param name="from">Their channels, height, width.</param>
    /// <param name="to">The new ones.</param>
    public static float[] Apply(float[] values, int[] which, IReadOnlyList<int> from, IReadOnlyList<int> to)
    {
        var (inPlane, outPlane) = (from[1] * from[2], to[1] * to[2]);
        var result = new float[(long)which.Length * to[0] * outPlane];
        var (rows, columns) = (Weights(from[1], to[1]), Weights(from[2], to[2]));
        var plane = new float[inPlane];
        for (var n = 0; n < which.Length; n++)
            for (var c = 0; c < to[0]; c++)
            {
                var image = values.AsSpan(which[n] * from[0] * inPlane, from[0] * inPlane);
                if (to[0] < from[0])
                    for (var i = 0; i < inPlane; i++)
                        plane[i] = 0.299f * image[i] + 0.587f * image[inPlane + i] + 0.114f * image[2 * inPlane + i];
                else
                    image.Slice(to[0] == from[0] ? c * inPlane : 0, inPlane).CopyTo(plane);
                var target = result.AsSpan((n * to[0] + c) * outPlane, outPlane);
                for (var y = 0; y < to[1]; y++)
                    for (var x = 0; x < to[2]; x++)
                    {
                        var ((top, bottom, down), (left, right, across)) = (rows[y], columns[x]);
                        var upper = plane[top * from[2] + left] * (1 - across) + plane[top * from[2] + right] * across;
                        var lower = plane[bottom * from[2] + left] * (1 - across) + plane[bottom * from[2] + right] * across;
                        target[y * to[2] + x] = upper * (1 - down) + lower * down;
                    }
            }

        return result;
    }

    // For each new place the two old ones that it lies between, and how near it is to the second.
    private static (int First, int Second, float Part)[] Weights(int from, int to) => [.. Enumerable.Range(0, to).Select(i =>
    {
        var place = Math.Max(0, (i + 0.5f) * from / to - 0.5f);
        var first = Math.Min((int)place, from - 1);
        return (first, Math.Min(first + 1, from - 1), place - first);
    })];
}
