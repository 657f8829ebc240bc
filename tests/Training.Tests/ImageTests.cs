using System.Text.Json;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.Tests;

/// <summary>Photographs: JPEG, and the square that images of any size are brought to.</summary>
public sealed class ImageTests : IDisposable
{
    private static readonly JsonElement[] Jpegs = [.. Golden.Root.GetProperty("jpeg").EnumerateArray()];
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Jpeg_is_decoded_to_the_pixels_that_libjpeg_says()
    {
        foreach (var golden in Jpegs)
        {
            var picture = Pictures.Decode(File(golden), "x.jpg", 1000);
            var channels = golden.GetProperty("channels").GetInt32();
            Assert.Equal((channels, 12, 16), (picture.Channels, picture.Height, picture.Width));
            var pixels = golden.GetProperty("pixels").Numbers();
            for (var c = 0; c < channels; c++)
                Assert.Equal(pixels.Where((_, i) => i % channels == c), picture.Values.Skip(c * 192).Take(192).Select(v => Math.Round(v * 255.0, 3)));
        }
    }

    [Fact]
    public void A_jpeg_that_is_cut_large_or_no_jpeg_is_refused_by_name()
    {
        foreach (var file in Jpegs.Select(File))
        {
            foreach (var length in new[] { 3, 100, file.Length / 2, file.Length - 40 })
                Assert.Contains("x.jpg must be a whole JPEG image", Refused(file[..length], 1000), StringComparison.Ordinal);
            Assert.Contains("at most 191 pixels, but got 16 x 12 in x.jpg", Refused(file, 191), StringComparison.Ordinal);
        }

        // Bytes after the end are no harm, nor are they between the parts.
        var whole = File(Jpegs[0]);
        var tables = whole.AsSpan().IndexOf((byte[])[0xFF, 0xDB]);
        Assert.Equal(16, Pictures.Decode([.. whole, 1, 2, 3], "x.jpg", 1000).Width);
        Assert.Equal(Pictures.Decode(whole, "x.jpg", 1000).Values, Pictures.Decode([.. whole[..tables], 1, 2, 3, .. whole[tables..]], "x.jpg", 1000).Values);

        static string Refused(byte[] bytes, int mostPixels) => Assert.Throws<InvalidDataSetException>(() => Pictures.Decode(bytes, "x.jpg", mostPixels)).Message;
    }

    [Fact]
    public void The_square_of_an_image_is_torchs()
    {
        foreach (var golden in Golden.Root.GetProperty("squares").EnumerateArray())
        {
            var sizes = golden.GetProperty("sizes").Numbers().Select(s => (int)s).ToArray();
            var side = golden.GetProperty("side").GetInt32();
            var square = new Picture(sizes[0], sizes[1], sizes[2], golden.GetProperty("values").Floats()).Square(side);
            Assert.Equal((sizes[0], side, side), (square.Channels, square.Height, square.Width));
            Golden.AssertClose(golden.GetProperty("square").Numbers(), [.. square.Values.Select(v => (double)v)], 1e-6);
        }
    }

    [Fact]
    public void Photographs_of_any_size_become_a_data_set_of_one_and_are_read_again_so()
    {
        var zip = Path.Combine(_folder, "photos.zip");
        using (var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Create))
            for (var i = 0; i < 20; i++)
            {
                // Colours of 16 x 12, and gray of 2 x 3.
                byte[] bytes = i % 2 == 0 ? File(Jpegs[0]) : [.. "P5 2 3 255 "u8, 0, 255, 0, 255, 0, 255];
                using var entry = archive.CreateEntry($"{(i < 10 ? "cat" : "dog")}/{i}").Open();
                entry.Write(bytes);
            }

        var folder = new DataSetFolder(_folder);
        Assert.Contains("imageSize and imageChannels", Refused(new DataSetSource(zip)).Message, StringComparison.Ordinal);
        Assert.Contains("after 8 x 8 x 3", Refused(new DataSetSource(zip, ImageSize: 8)).Message, StringComparison.Ordinal);
        Assert.Equal("/imageSize", Refused(new DataSetSource(zip, ImageSize: 1025)).Violations[0].Pointer);
        Assert.Equal("/imageChannels", Refused(new DataSetSource(zip, ImageChannels: 2)).Violations[0].Pointer);
        var card = folder.Add("photos", null, new DataSetSource(zip, ImageSize: 8, ImageChannels: 3));
        Assert.Equal([3, 8, 8], card.Sizes);
        var data = (RawSamples)folder.Read("photos")!;
        Assert.Equal([3, 8, 8], data.Sizes);
        Assert.Equal(data.Values[..(3 * 64)], Pictures.Decode(File(Jpegs[0]), "x.jpg", 1000).Square(8).Values);
        // Gray as colours: three times the same.
        Assert.Equal(data.Values[(3 * 64)..(4 * 64)], data.Values[(5 * 64)..(6 * 64)]);
        // More than memory is to hold: the same numbers, from a file.
        var row = new float[3 * 64];
        Assert.Equal(data.Values.AsSpan(3 * 64, 3 * 64), ((RawSamples)folder.Read("photos", mostBytes: 100)!).Row(1, row));

        InvalidDataSetException Refused(DataSetSource source) => Assert.Throws<InvalidDataSetException>(() => folder.Add("photos", null, source));
    }

    private static byte[] File(JsonElement golden) => golden.GetProperty("file").GetBytesFromBase64();
}
