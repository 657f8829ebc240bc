using System.IO.Compression;
using System.Text;

namespace HpoService.Api.Tests.Fuzzing;

/// <summary>Forms with files for the fuzzer, the same for the same seed: data sets of every format, whole, or with bytes of them changed; and forms that are none.</summary>
public sealed class FuzzForms(int seed)
{
    private const string Boundary = "fuzz-boundary";
    private static readonly string[] Files =
    [
        "a.csv", "a.tsv", "a.npz", "a-idx3-ubyte", "a.zip", "a.txt", "a.csv.gz", "a.exe", "", "../../a.csv", "a\u202e.csv", "CON.csv", new('f', 300),
    ];

    private readonly Random _random = new(seed);

    /// <summary>A data set's name: few, so that some are taken.</summary>
    public static string Name(Random random) => $"fuzz-set-{random.Next(4)}";

    /// <summary>A form of some of the fields, with what is said of it.</summary>
    public (HttpContent Content, string Text) Next(IReadOnlyList<string> fields)
    {
        using var form = new MultipartFormDataContent(Boundary);
        var text = new StringBuilder();
        foreach (var field in fields.Where(f => _random.Next(f is "name" or "file" ? 12 : 3) > (f is "name" or "file" ? 0 : 1)).Concat(_random.Next(15) == 0 ? [Pick("name", "colour", "")] : []))
            Add(form, field, text);
        var bytes = form.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        if (_random.Next(12) == 0)
            bytes = Changed(bytes);
        var content = new ByteArrayContent(bytes);
        var type = _random.Next(20) == 0 ? Pick("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=other", "multipart/mixed; boundary=fuzz-boundary", $"multipart/form-data; boundary={new string('b', 300)}")
            : $"multipart/form-data; boundary={Boundary}";
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return (content, $"{type} {text}{bytes.Length} bytes, {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 1500)))}");
    }

    private void Add(MultipartFormDataContent form, string field, StringBuilder text)
    {
        if (field is "file" or "labels")
        {
            var (name, content) = File(field);
            if (_random.Next(8) == 0)
                name = Pick(Files);
            text.Append($"{field}='{name}' ");
            var part = new ByteArrayContent(_random.Next(2) == 0 ? content : Changed(content));
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{field}\"; filename=\"{name}\"");
            form.Add(part);
            return;
        }

        var value = field switch
        {
            "name" => _random.Next(6) > 0 ? Name(_random) : Pick("", "..", "../x", "digits", "a b", new('n', 101), "\0"),
            "format" => Pick("csv", "npz", "idx", "images", "sequences", "text", "series", "exe", ""),
            "goal" => Pick("classification", "regression", "both"),
            _ => Pick("0", "1", "-1", "c", "a", "nothing", new('t', 1001)),
        };
        text.Append($"{field}='{value[..Math.Min(value.Length, 40)]}' ");
        form.Add(new StringContent(value), $"\"{field}\"");
    }

    private (string Name, byte[] Content) File(string field) => field == "labels" ? ("l-idx1-ubyte", Idx([20], i => i % 2)) : _random.Next(8) switch
    {
        0 or 1 => ("a.csv", Table()),
        2 => ("a.csv.gz", Gzip(Table())),
        3 => ("a.npz", Zip(("x.npy", Npy("<f4", "(20, 3)", 240)), ("y.npy", Npy("|u1", "(20,)", 20)))),
        4 => ("a-idx3-ubyte", Idx([20, 2, 2], i => i % 7)),
        5 => ("a.zip", Zip([.. Enumerable.Range(0, 12).Select(i => ($"{"ab"[i % 2]}/{i}.pgm", (byte[])[.. "P5 2 2 255\n"u8, 1, 2, 3, (byte)i]))])),
        6 => ("s.zip", Zip([.. Enumerable.Range(0, 12).Select(i => ($"{"ab"[i % 2]}/{i}.csv", Encoding.UTF8.GetBytes("1,2\n3,4\n")))])),
        _ => ("a.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("to be 🙂 or not ", 20)))),
    };

    private static byte[] Table() => Encoding.UTF8.GetBytes("a,b,c\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},{"xyz"[i % 3]},{i % 2}\n")));

    private static byte[] Idx(int[] sizes, Func<int, int> value) =>
        [0, 0, 8, (byte)sizes.Length, .. sizes.SelectMany(s => new byte[] { 0, 0, 0, (byte)s }), .. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => (byte)value(i))];

    private static byte[] Npy(string type, string shape, int bytes)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. new byte[bytes]];
    }

    private static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Fastest))
            packed.Write(content);
        return memory.ToArray();
    }

    private static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(content);
            }

        return memory.ToArray();
    }

    // A few bytes others, some gone, or the end missing.
    private byte[] Changed(byte[] bytes)
    {
        byte[] changed = [.. bytes];
        for (var i = _random.Next(1, 8); i > 0 && changed.Length > 0; i--)
            changed[_random.Next(changed.Length)] = (byte)Pick("\0", "\u00ff", ",", "\n", "9", "-", "\u0080")[0];
        return _random.Next(3) == 0 ? changed[.._random.Next(changed.Length + 1)] : changed;
    }

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
