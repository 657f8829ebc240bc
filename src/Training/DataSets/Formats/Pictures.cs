using System.Globalization;

namespace HpoService.Training.DataSets.Formats;

/// <summary>Reads images by their first bytes.</summary>
internal static class Pictures
{
    public static Picture Decode(byte[] bytes, string name, int mostPixels) => bytes switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => Png.Decode(bytes, name, mostPixels),
        [(byte)'P', (byte)'5' or (byte)'6', ..] => Portable(bytes, name, mostPixels),
        [0xFF, 0xD8, ..] => Jpeg.Decode(bytes, name, mostPixels),
        _ => throw new InvalidDataSetException($"images must be JPEG, PNG, PGM or PPM, but got other bytes in {name}."),
    };

    // P5 (gray) or P6 (colours), width, height, 255, one white space, bytes.
    private static Picture Portable(byte[] bytes, string name, int mostPixels)
    {
        var (at, numbers) = (2, new int[3]);
        for (var i = 0; i < 3; i++)
        {
            while (at < bytes.Length && (char.IsWhiteSpace((char)bytes[at]) || bytes[at] == '#'))
                at = bytes[at] == '#' ? (Array.IndexOf(bytes, (byte)'\n', at) is var end && end > 0 ? end + 1 : bytes.Length) : at + 1;
            var start = at;
            while (at < bytes.Length && char.IsAsciiDigit((char)bytes[at]) && at - start < 9)
                at++;
            _ = int.TryParse(System.Text.Encoding.ASCII.GetString(bytes, start, at - start), CultureInfo.InvariantCulture, out numbers[i]);
        }

        var (width, height, channels) = (numbers[0], numbers[1], bytes[1] == '5' ? 1 : 3);
        if (width < 1 || height < 1 || (long)width * height > mostPixels || numbers[2] != 255 || bytes.Length - at - 1 < (long)width * height * channels)
            throw new InvalidDataSetException($"an image must have at most {mostPixels} pixels of 8 bits and all of them, but got {width} x {height}, maximum {numbers[2]}, in {name}.");
        return Picture.Of(channels, height, width, bytes.AsSpan(at + 1));
    }
}
