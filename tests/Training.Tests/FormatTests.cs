using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.Tests;

public sealed class FormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hpo-formats").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_format_is_in_the_registry() => Assert.Equal(
        typeof(Csv).Assembly.GetTypes().Where(t => t is { IsClass: true } && t.IsAssignableTo(typeof(IDataSetFormat))).Select(t => t.Name).Order(),
        FormatRegistry.All.Select(f => f.GetType().Name).Order());

    [Theory]
    [InlineData("a,b,city,y\n1,2,Rome,yes\n3,?,Bern,no\n,5,Rome,yes\n")]
    [InlineData("a;b;city;y\n1;2;Rome;yes\n3;?;\"Bern\";no\n;5;Rome;yes\n")]
    [InlineData("a\tb\tcity\ty\r\n1\t2\tRome\tyes\r\n3\tNA\tBern\tno\r\n\t5\tRome\tyes\r\n")]
    public void A_table_has_numbers_categories_missing_values_and_classes(string text)
    {
        var raw = Samples(Read("t.csv", text));
        Assert.Equal(["a", "b", "city"], raw.Columns.Select(c => c.Name));
        Assert.Equal(["Bern", "Rome"], raw.Columns[2].Categories);
        Assert.Equal([1, 2, 1, 3, float.NaN, 0, float.NaN, 5, 1], raw.Values);
        Assert.Equal(["no", "yes"], raw.Classes);
        Assert.Equal([1L, 0, 1], raw.Labels);
    }

    [Fact]
    public void A_table_without_a_header_is_found_out_and_a_target_may_be_named_or_numbered()
    {
        var raw = Samples(Read("t.csv", "1.5,0,3\n2.5,1,4\n"));
        Assert.Equal((2, GoalKind.Classification), (raw.Count, raw.Goal));
        Assert.Equal([0L, 1], Samples(Read("t.csv", "1.5,0,3\n2.5,1,4\n", target: "1")).Labels);
        var numbers = Samples(Read("t.csv", "x,price,z\n1,9.5,3\n2,7.25,4\n", target: "price"));
        Assert.Equal((GoalKind.Regression, "price"), (numbers.Goal, numbers.TargetNames[0]));
        Assert.Equal([9.5f, 7.25f], numbers.Targets);
        Assert.Equal(GoalKind.Regression, Samples(Read("t.csv", "1,0\n2,1\n", goal: "regression")).Goal);
    }

    [Theory]
    [InlineData("a,y\n1,0\n2\n", "row 3")]
    [InlineData("a,y\n1,0\n2,\n", "row 3")]
    [InlineData("a,y\n1,1\n2,1\n", "classes")]
    [InlineData("a,a\n1,1\n2,0\n", "distinct names")]
    [InlineData("", "none")]
    public void A_broken_table_is_refused_with_its_place(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataSetException>(() => Read("t.csv", text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_target_for_regression_and_an_unknown_target_are_refused()
    {
        Assert.Contains("'no' in row 3", Assert.Throws<InvalidDataSetException>(() => Read("t.csv", "a,y\n1,2\n2,no\n", goal: "regression")).Message, StringComparison.Ordinal);
        Assert.Contains("but got 'z'", Assert.Throws<InvalidDataSetException>(() => Read("t.csv", "a,y\n1,2\n", target: "z")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Idx_files_are_images_with_labels_packed_or_not()
    {
        var images = Idx([3, 2, 2], [.. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        var labels = Write("l.idx", Idx([3], [1, 0, 1]));
        var raw = Samples(FormatRegistry.Read(null, new DataSetSource(Write("train-images-idx3-ubyte.gz", Gzip(images)), Labels: labels)).Data);
        Assert.Equal((SampleKind.Image, 3), (raw.Kind, raw.Count));
        Assert.Equal([1, 2, 2], raw.Sizes);
        Assert.Equal(11, raw.Values[^1]);
        Assert.Equal([1L, 0, 1], raw.Labels);
        var shorter = Write("a-idx", images[..^1]);
        Assert.Contains("3 x 2 x 2", Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("idx", new DataSetSource(shorter, Labels: labels))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("idx", new DataSetSource(Write("b-idx", [0, 0, 8]), Labels: labels)));
        Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("idx", new DataSetSource(Write("c-idx", Idx([int.MaxValue, int.MaxValue, int.MaxValue], [])), Labels: labels)));
    }

    [Fact]
    public void Npz_arrays_are_read_by_name_and_their_test_part_is_kept()
    {
        var path = Zip("d.npz", ("x.npy", Npy("<f4", "(2, 3)", Bytes(1f, 2, 3, 4, 5, 6))), ("y.npy", Npy("<i8", "(2,)", [.. BitConverter.GetBytes(1L), .. BitConverter.GetBytes(0L)])),
            ("x_test.npy", Npy("<f8", "(1, 3)", [.. new[] { 7.0, 8, 9 }.SelectMany(BitConverter.GetBytes)])), ("y_test.npy", Npy("|u1", "(1,)", [1])));
        var raw = Samples(FormatRegistry.Read(null, new DataSetSource(path)).Data);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], raw.Values);
        Assert.Equal([1L, 0, 1], raw.Labels);
        Assert.Equal(2, raw.TestStart);
    }

    [Fact]
    public void Pickles_are_refused_and_so_are_arrays_that_claim_more_than_they_have()
    {
        var y = ("y.npy", Npy("|u1", "(1,)", [1]));
        Assert.Contains("pickles", Refused(("x.npy", Npy("|O", "(1, 1)", [0x80, 4])), y), StringComparison.Ordinal);
        Assert.Contains("values", Refused(("x.npy", Npy("<f4", "(1, 1000000000)", [1, 2, 3, 4])), y), StringComparison.Ordinal);
        Assert.Contains("shape", Refused(("x.npy", Npy("<f4", "(-1, 2)", [])), y), StringComparison.Ordinal);
        Assert.Contains("C order", Refused(("x.npy", Npy("<f4", "(1, 1)", Bytes(1), "True")), y), StringComparison.Ordinal);
        Assert.Contains("npy format", Refused(("x.npy", [1, 2, 3]), y), StringComparison.Ordinal);

        string Refused(params (string, byte[])[] files) => Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("npz", new DataSetSource(Zip("bad.npz", files)))).Message;
    }

    [Fact]
    public void A_bomb_is_stopped_while_it_unpacks_whatever_it_claims()
    {
        var limits = new DataSetLimits { Bytes = 1 << 20 };
        var big = new byte[8 << 20];
        var zip = Zip("bomb.npz", ("x.npy", Npy("|u1", "(8388608, 1)", big)), ("y.npy", Npy("|u1", "(1,)", [1])));
        Assert.True(new FileInfo(zip).Length < 20_000);
        Assert.Contains("1048576", Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("npz", new DataSetSource(zip, Limits: limits))).Message, StringComparison.Ordinal);
        var text = Write("bomb.txt.gz", Gzip(big));
        Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read(null, new DataSetSource(text, Limits: limits)));
        var many = Zip("many.zip", [.. Enumerable.Range(0, 50).Select(i => ($"a/{i}.pgm", new byte[1]))]);
        Assert.Contains("at most 10", Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read(null, new DataSetSource(many, Limits: new DataSetLimits { Entries = 10 }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_lie_in_the_folders_of_their_classes_and_names_lead_nowhere()
    {
        var pgm = Encoding.ASCII.GetBytes("P5\n# made\n2 2\n255\n").Concat(new byte[] { 0, 51, 102, 255 }).ToArray();
        var path = Zip("i.zip", ("../../evil/cat/1.pgm", pgm), ("dog/1.png", Png(2, 2, [10, 20, 30, 40])), (".hidden", [1]), ("__MACOSX/cat/1.pgm", [1]));
        var raw = Samples(FormatRegistry.Read(null, new DataSetSource(path)).Data);
        Assert.Equal(["cat", "dog"], raw.Classes);
        Assert.Equal([1, 2, 2], raw.Sizes);
        Assert.Equal([0, 0.2, 0.4, 1, 10 / 255.0, 20 / 255.0, 30 / 255.0, 40 / 255.0], raw.Values.Select(v => (double)v), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Single(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)); // nothing was unpacked
        Assert.Contains("a/1.jpg must be a whole JPEG image", Refused(("a/1.jpg", [0xFF, 0xD8, 0xFF])), StringComparison.Ordinal);
        Assert.Contains("JPEG, PNG, PGM or PPM", Refused(("a/1.gif", "GIF89a"u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("one size", Refused(("a/1.png", Png(2, 2, [1, 2, 3, 4])), ("b/1.png", Png(1, 2, [1, 2]))), StringComparison.Ordinal);
        Assert.Contains("too few pixels", Refused(("a/1.png", Png(2, 3, [1, 2, 3, 4]))), StringComparison.Ordinal);

        string Refused(params (string, byte[])[] files) =>
            Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("images", new DataSetSource(Zip("bad.zip", [.. files, ("z/1.pgm", pgm)])))).Message;
    }

    [Fact]
    public void Sequences_of_any_length_take_their_classes_from_folders_or_a_list()
    {
        var byFolder = Samples(FormatRegistry.Read("sequences", new DataSetSource(Zip("s.zip", ("up/1.csv", "1,2\n3,4\n"u8.ToArray()), ("down/2.csv", "5,6\n"u8.ToArray())))).Data);
        Assert.Equal([1L, 2], byFolder.Lengths);
        Assert.Equal([5, 6, 0, 0, 1, 2, 3, 4], byFolder.Values);
        var byList = Samples(FormatRegistry.Read("sequences", new DataSetSource(Zip("l.zip",
            ("d/S_1.csv", "#a, b\n1,2\n3,4\n"u8.ToArray()), ("d/S_11.csv", "#a, b\n5,6\n"u8.ToArray()), ("d/S_target.csv", "#id, class\n1,-1\n11,1\n"u8.ToArray())))).Data);
        Assert.Equal(["-1", "1"], byList.Classes);
        Assert.Equal([2L, 1], byList.Lengths);
        Assert.Contains("'x' in row 2, column 1", Assert.Throws<InvalidDataSetException>(() => FormatRegistry.Read("sequences", new DataSetSource(
            Zip("bad.zip", ("a/1.csv", "1,2\nx,4\n"u8.ToArray()), ("b/1.csv", "1,2\n"u8.ToArray()))))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_row_that_is_neither_names_nor_values_is_refused()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 20).Select(i => $"{i}.5,3.5,{i % 3}"));
        var error = Assert.Throws<InvalidDataSetException>(() => Read("150,4,setosa\n" + lines));
        Assert.Contains("row 1 must name the columns", error.Message, StringComparison.Ordinal);
        Assert.Contains("'setosa' in column 3", error.Message, StringComparison.Ordinal);
        Assert.Equal(20, Read("a,b,c\n" + lines).Count);
        Assert.Equal(21, Read("?,4,1\n" + lines).Count);

        RawData Read(string text) => FormatRegistry.Read(null, new DataSetSource(Write("first.csv", Encoding.UTF8.GetBytes(text)))).Data;
    }

    [Fact]
    public void A_series_leaves_its_times_out_and_names_a_gap_s_place()
    {
        var raw = Assert.IsType<RawSeries>(FormatRegistry.Read("series", new DataSetSource(Write("s.csv", "\"Month\",\"Passengers\"\n\"1949-01\",112\n\"1949-02\",118\n"u8.ToArray()))).Data);
        Assert.Equal([112, 118], raw.Values);
        Assert.Contains("row 3, column 2 (b)", Assert.Throws<InvalidDataSetException>(
            () => FormatRegistry.Read("series", new DataSetSource(Write("g.csv", "a,b\n1,2\n2,\n"u8.ToArray())))).Message, StringComparison.Ordinal);
    }

    private RawData Read(string name, string text, string? target = null, string? goal = null) =>
        FormatRegistry.Read(null, new DataSetSource(Write(name, Encoding.UTF8.GetBytes(text)), target, Goal: goal)).Data;

    private static RawSamples Samples(RawData data) => Assert.IsType<RawSamples>(data);

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private string Zip(string name, params (string Name, byte[] Content)[] files)
    {
        var path = Path.Combine(_folder, name);
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach (var (entry, content) in files)
        {
            using var stream = zip.CreateEntry(entry).Open();
            stream.Write(content);
        }

        return path;
    }

    private static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest))
            gzip.Write(content);
        return memory.ToArray();
    }

    private static byte[] Idx(int[] sizes, byte[] data) =>
        [0, 0, 8, (byte)sizes.Length, .. sizes.SelectMany(s => new byte[] { (byte)(s >> 24), (byte)(s >> 16), (byte)(s >> 8), (byte)s }), .. data];

    private static byte[] Npy(string type, string shape, byte[] data, string fortran = "False")
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. header, .. data];
    }

    private static byte[] Bytes(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    // Gray, 8 bits, each row with the filter "up".
    private static byte[] Png(int width, int height, byte[] pixels)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            for (var y = 0; y < pixels.Length / width; y++)
            {
                zlib.WriteByte(2);
                for (var x = 0; x < width; x++)
                    zlib.WriteByte((byte)(pixels[y * width + x] - (y > 0 ? pixels[(y - 1) * width + x] : 0)));
            }

        return [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n', .. Chunk("IHDR", [0, 0, 0, (byte)width, 0, 0, 0, (byte)height, 8, 0, 0, 0, 0]), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];

        static byte[] Chunk(string type, byte[] content)
        {
            var length = new byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, content.Length);
            return [.. length, .. Encoding.ASCII.GetBytes(type), .. content, 0, 0, 0, 0];
        }
    }
}
