namespace HpoService.Training.DataSets.Formats;

/// <summary>A decoded image: values in [0, 1], shape [channels, height, width].</summary>
internal sealed record Picture(int Channels, int Height, int Width, float[] Values)
{
    /// <summary>Of bytes with their channels last.</summary>
    public static Picture Of(int channels, int height, int width, ReadOnlySpan<byte> pixels)
    {
        var values = new float[channels * height * width];
        for (var i = 0; i < height * width; i++)
            for (var c = 0; c < channels; c++)
                values[c * height * width + i] = pixels[i * channels + c] / 255f;
        return new Picture(channels, height, width, values);
    }

    /// <summary>Of 1 or 3 channels: gray of colours is <see cref="ImageFit"/>'s, colours of gray are three times the same.</summary>
    public Picture WithChannels(int channels) => channels == Channels ? this
        : new Picture(channels, Height, Width, ImageFit.Apply(Values, [0], [Channels, Height, Width], [channels, Height, Width]));

    /// <summary>The middle square of the image when its shorter side is brought to a length: for each new pixel the mean of the old ones around it, those nearer
    /// counting for more (a triangle as wide as two new pixels, or two old ones where it grows), so that fine patterns do not turn into false ones.</summary>
    /// <remarks>As torchvision's Resize with antialias and CenterCrop, and Pillow's BILINEAR, do it.</remarks>
    public Picture Square(int side)
    {
        if (Height == side && Width == side)
            return this;
        var shorter = Math.Min(Height, Width);
        var (height, width) = (Math.Max(side, (int)((long)Height * side / shorter)), Math.Max(side, (int)((long)Width * side / shorter)));
        var (rows, columns) = (Weights(Height, height, side), Weights(Width, width, side));
        var (narrow, values) = (new float[Height * side], new float[Channels * side * side]);
        for (var c = 0; c < Channels; c++)
        {
            for (var y = 0; y < Height; y++)
                for (var x = 0; x < side; x++)
                    narrow[y * side + x] = Sum(Values.AsSpan((c * Height + y) * Width), 1, columns[x]);
            for (var y = 0; y < side; y++)
                for (var x = 0; x < side; x++)
                    values[(c * side + y) * side + x] = Sum(narrow.AsSpan(x), side, rows[y]);
        }

        return new Picture(Channels, side, side, values);
    }

    private static float Sum(ReadOnlySpan<float> values, int stride, (int First, float[] Weights) of)
    {
        var sum = 0f;
        for (var i = 0; i < of.Weights.Length; i++)
            sum += of.Weights[i] * values[(of.First + i) * stride];
        return sum;
    }

    // For each of the middle pixels of a side that goes from one length to another: the old ones that it is made of, from the first.
    private static (int First, float[] Weights)[] Weights(int from, int to, int kept)
    {
        var (step, cut) = ((double)from / to, (int)Math.Round((to - kept) / 2.0));
        var reach = Math.Max(1, step);
        return [.. Enumerable.Range(cut, kept).Select(i =>
        {
            var centre = (i + 0.5) * step;
            var (first, end) = (Math.Max(0, (int)(centre - reach + 0.5)), Math.Min(from, (int)(centre + reach + 0.5)));
            var weights = Enumerable.Range(first, end - first).Select(j => Math.Max(0, 1 - Math.Abs(j + 0.5 - centre) / reach)).ToArray();
            var sum = weights.Sum();
            return (first, Array.ConvertAll(weights, w => (float)(w / sum)));
        })];
    }
}
