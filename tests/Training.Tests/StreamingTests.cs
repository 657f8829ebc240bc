using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Training.Tests;

/// <summary>A data set above the setting streamAbove is read from disk, and trains as one in memory does.</summary>
[Collection("torch")]
public sealed class StreamingTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-streaming-").FullName;

    public StreamingTests() => TorchSharp.torch.set_num_threads(1);

    public void Dispose() => Directory.Delete(_data, recursive: true);

    public static TheoryData<string, string> Sets => new()
    {
        { "idx", "{}" }, { "idx", """{"imageSize": 5}""" }, { "npz", "{}" }, { "colours", """{"normalization": "minMax", "folds": 2}""" }, { "csv", "{}" },
    };

    [Theory, MemberData(nameof(Sets))]
    public void A_data_set_on_disk_gives_the_result_of_one_in_memory(string set, string settings)
    {
        Add(set);
        var common = """ "epochs": 2, "streamAbove": """;
        var (memory, disk) = (Train(512), Train(0));
        Assert.NotEmpty(memory);
        Assert.Equal(memory, disk);
        Assert.True(File.Exists(Path.Combine(_data, "datasets", set, "samples.json")), "converted");
        Assert.Equal(memory, Train(0)); // from the files that the first one wrote
        Assert.DoesNotContain(Directory.GetDirectories(Path.Combine(_data, "datasets")), d => Path.GetFileName(d)[0] == '.');

        Dictionary<string, double>[] Train(int above)
        {
            var (outcome, curve) = Ask.Train("mlp", $"{{{common}{above}{(settings.Length > 2 ? "," + settings[1..] : "}")}", set, folder: _data);
            var final = Assert.IsType<TrainingOutcome.Completed>(outcome).Values;
            return [.. curve.Select(m => m.Values).Append(final).Select(v => v.Where(p => !p.Key.StartsWith("trainSeconds", StringComparison.Ordinal) && !p.Key.StartsWith("latencyMs", StringComparison.Ordinal)).ToDictionary())];
        }
    }

    [Theory]
    [InlineData("idx")]
    [InlineData("npz")]
    public void Numbers_that_are_too_many_go_to_a_file_as_they_are_read(string set)
    {
        var work = Directory.CreateDirectory(Path.Combine(_data, "work")).FullName;
        var (source, format) = Source(set);
        var inMemory = (RawSamples)FormatRegistry.Read(format, source).Data;
        var onDisk = (RawSamples)FormatRegistry.Read(format, source with { Store = new ValueStore(work, 20_000) }).Data;
        Assert.Empty(onDisk.Values);
        var row = new float[onDisk.Rows!.Length];
        for (var i = 0; i < inMemory.Count; i++)
            Assert.Equal(inMemory.Row(i, row).ToArray(), onDisk.Row(i, row).ToArray());
        Assert.Equal(inMemory.Values.LongLength * 4, new FileInfo(Path.Combine(work, "values")).Length);
    }

    private void Add(string set)
    {
        var (source, format) = Source(set);
        new DataSetFolder(_data).Add(set, format, source);
    }

    // 300 samples whose class is in their numbers.
    private (DataSetSource Source, string Format) Source(string set)
    {
        var random = new Random(3);
        var path = Path.Combine(_data, set);
        byte[] labels = [.. Enumerable.Range(0, 300).Select(_ => (byte)random.Next(3))];
        byte[] Pixels(int length) => [.. labels.SelectMany(label => Enumerable.Range(0, length).Select(j => (byte)Math.Clamp(random.Next(120) + (j % 3 == label ? 90 : 0), 0, 255)))];
        switch (set)
        {
            case "idx":
                File.WriteAllBytes(path, [0, 0, 8, 3, .. Big(300), .. Big(7), .. Big(9), .. Pixels(63)]);
                File.WriteAllBytes(path + ".labels", [0, 0, 8, 1, .. Big(300), .. labels]);
                return (new DataSetSource(path, Labels: path + ".labels"), "idx");
            case "csv":
                File.WriteAllLines(path, labels.Select((label, i) => FormattableString.Invariant($"{label + random.NextDouble()},{(i % 11 == 0 ? "" : random.NextDouble())},{"abc"[i % 3]},c{label}")).Prepend("u,v,w,y"));
                return (new DataSetSource(path), "csv");
            default:
                using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
                {
                    Write(zip, "x", set == "npz" ? "(300, 21)" : "(300, 4, 5, 3)", set == "npz" ? Pixels(21) : Pixels(60));
                    Write(zip, "y", "(300,)", labels);
                }

                return (new DataSetSource(path), "npz");
        }
    }

    private static byte[] Big(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static void Write(ZipArchive zip, string name, string shape, byte[] values)
    {
        var header = $"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}";
        using var stream = zip.CreateEntry($"{name}.npy").Open();
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. values]);
    }
}
