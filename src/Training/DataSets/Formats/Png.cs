using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace HpoService.Training.DataSets.Formats;

/// <summary>PNG (ISO/IEC 15948) without interlacing: gray, palette or colours, 1 to 16 bits; transparency is left out.</summary>
internal static class Png
{
    public static Picture Decode(byte[] bytes, string name, int mostPixels)
    {
        var (header, palette) = (Array.Empty<byte>(), Array.Empty<byte>());
        using var packed = new MemoryStream();
        for (var at = 8; at + 12 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
            if (length > bytes.Length - at - 12)
                throw Bad("a chunk ends after the file");
            var content = bytes.AsSpan(at + 8, (int)length);
            switch (Encoding.ASCII.GetString(bytes, at + 4, 4))
            {
                case "IHDR": header = content.ToArray(); break;
                case "PLTE": palette = content.ToArray(); break;
                case "IDAT": packed.Write(content); break;
            }

            at += 12 + (int)length;
        }

        if (header.Length != 13)
            throw Bad("no header");
        var (width, height, depth, colour) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)), header[8], header[9]);
        var samples = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (samples == 0 || depth is not (1 or 2 or 4 or 8 or 16) || depth < 8 && samples > 1 || colour == 3 && depth == 16)
            throw Bad($"colour type {colour} with {depth} bits");
        if (header[12] != 0)
            throw Bad("interlacing, which is not read");
        if (width == 0 || height == 0 || (long)width * height > mostPixels)
            throw Bad($"{width} x {height} pixels, more than {mostPixels} or none");
        var rows = Unfilter(packed, (int)height, ((int)width * samples * depth + 7) / 8, Math.Max(1, samples * depth / 8), Bad);
        var channels = colour is 0 or 4 ? 1 : 3;
        var pixels = new byte[width * height * channels];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var c = 0; c < channels; c++)
                {
                    var value = Sample(rows[y], x * samples + (colour == 3 ? 0 : c), depth);
                    pixels[(y * width + x) * channels + c] = colour == 3
                        ? value * 3 + c < palette.Length ? palette[value * 3 + c] : throw Bad($"colour {value} of a palette of {palette.Length / 3}")
                        : (byte)(depth < 8 ? value * 255 / ((1 << depth) - 1) : value);
                }

        return Picture.Of(channels, (int)height, (int)width, pixels);

        InvalidDataSetException Bad(string what) => new($"{name} must be a whole PNG image, but got {what}.");
    }

    // Of 16 bits the higher 8.
    private static int Sample(byte[] row, int index, int depth) => depth switch
    {
        8 => row[index],
        16 => row[2 * index],
        _ => row[index * depth / 8] >> (8 - depth - index * depth % 8) & ((1 << depth) - 1),
    };

    private static byte[][] Unfilter(MemoryStream packed, int height, int width, int step, Func<string, Exception> bad)
    {
        packed.Position = 0;
        using var stream = new ZLibStream(packed, CompressionMode.Decompress);
        var rows = new byte[height][];
        var before = new byte[width];
        for (var y = 0; y < height; y++)
        {
            var row = rows[y] = new byte[width];
            int filter;
            try
            {
                filter = stream.ReadByte();
                stream.ReadExactly(row);
            }
            catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
            {
                throw bad("too few pixels");
            }

            for (var i = 0; i < width; i++)
            {
                var (a, b, c) = (i >= step ? row[i - step] : 0, before[i], i >= step ? before[i - step] : 0);
                row[i] += (byte)(filter switch { 0 => 0, 1 => a, 2 => b, 3 => (a + b) / 2, 4 => Paeth(a, b, c), _ => throw bad($"filter {filter}") });
            }

            before = row;
        }

        return rows;
    }

    private static int Paeth(int a, int b, int c)
    {
        var (pa, pb, pc) = (Math.Abs(b - c), Math.Abs(a - c), Math.Abs(a + b - 2 * c));
        return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }
}
