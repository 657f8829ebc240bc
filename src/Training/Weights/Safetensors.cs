using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpoService.Search;

namespace HpoService.Training.Weights;

/// <summary>A file that holds no safe tensors.</summary>
public sealed class InvalidWeightsException(string message) : HpoException("/initialWeights", message);

/// <summary>A tensor of 32-bit floats.</summary>
/// <param name="Shape">Its sizes.</param>
/// <param name="Values">Row-major.</param>
public sealed record WeightTensor(IReadOnlyList<long> Shape, float[] Values);

/// <summary>The safetensors format: 8 bytes of the header's length, a JSON header, and the tensors one after another. Nothing in it is a program.</summary>
/// <remarks>Checked as https://github.com/huggingface/safetensors asks: the header is at most 100 MB, names are distinct, offsets neither
/// overlap nor leave gaps nor reach beyond the file, and each has the length that its shape and type give.</remarks>
public static class Safetensors
{
    private const int MostHeader = 100_000_000;

    /// <summary>Reads every tensor of a file; halves and doubles become floats, integers too.</summary>
    /// <exception cref="InvalidWeightsException">The file is not as it must be.</exception>
    public static Dictionary<string, WeightTensor> Read(string path) => Read(File.ReadAllBytes(path), Path.GetFileName(path));

    /// <summary>Reads every tensor.</summary>
    /// <exception cref="InvalidWeightsException">The bytes are not as they must be.</exception>
    public static Dictionary<string, WeightTensor> Read(ReadOnlySpan<byte> bytes, string name)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(bytes) is var length && (length > MostHeader || length > (ulong)bytes.Length - 8))
            throw new InvalidWeightsException($"{name} must begin with the length of its header, at most {MostHeader} and within the file, but got other bytes.");
        var data = bytes[(8 + (int)length)..];
        var tensors = new Dictionary<string, WeightTensor>();
        var spans = new List<(long Start, long End)>();
        foreach (var (key, node) in Header(bytes.Slice(8, (int)length), name))
        {
            if (key == "__metadata__")
                continue;
            var (type, shape, start, end) = Entry(key, node, name);
            var size = Size(type) ?? throw new InvalidWeightsException($"tensor {key} of {name} must be of numbers, but got the type {type}.");
            var count = shape.Aggregate(1L, (product, s) => checked(product * s));
            if (start < 0 || end < start || end > data.Length || end - start != count * size)
                throw new InvalidWeightsException($"tensor {key} of {name} must lie in the file with {count * size} bytes, but got offsets {start} to {end} of {data.Length}.");
            spans.Add((start, end));
            tensors[key] = new WeightTensor(shape, Values(data[(int)start..(int)end], type, count));
        }

        var next = 0L;
        foreach (var (start, end) in spans.OrderBy(s => s.Start).ThenBy(s => s.End))
            next = start == next ? end : throw new InvalidWeightsException($"the tensors of {name} must lie one after another, but got one at {start} after {next}.");
        return next == data.Length ? tensors : throw new InvalidWeightsException($"{name} must end with its tensors, but got {data.Length - next} bytes more.");
    }

    /// <summary>Writes tensors, by name in ordinal order; the file appears as a whole or not at all.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, WeightTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var (header, at) = (new JsonObject(), 0L);
        if (metadata is { Count: > 0 })
            header["__metadata__"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
        var ordered = tensors.OrderBy(t => t.Key, StringComparer.Ordinal).ToArray();
        foreach (var (name, tensor) in ordered)
        {
            var end = at + tensor.Values.Length * 4L;
            header[name] = new JsonObject
            {
                ["dtype"] = "F32", ["shape"] = new JsonArray([.. tensor.Shape.Select(s => (JsonNode)s)]), ["data_offsets"] = new JsonArray(at, end),
            };
            at = end;
        }

        var json = header.ToJsonString();
        json += new string(' ', (8 - Encoding.UTF8.GetByteCount(json) % 8) % 8); // the tensors begin at a multiple of 8
        var temporary = path + ".part";
        using (var file = File.Create(temporary))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)Encoding.UTF8.GetByteCount(json));
            file.Write(length);
            file.Write(Encoding.UTF8.GetBytes(json));
            foreach (var (_, tensor) in ordered)
                file.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static JsonObject Header(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })?.AsObject() ?? throw new JsonException("null");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidWeightsException($"the header of {name} must be a JSON object with distinct names, but got: {e.Message}");
        }
    }

    private static (string Type, long[] Shape, long Start, long End) Entry(string key, JsonNode? node, string name)
    {
        try
        {
            var shape = node!["shape"]!.AsArray().Select(s => s!.GetValue<long>()).ToArray();
            var offsets = node["data_offsets"]!.AsArray();
            if (shape.Any(s => s is < 0 or > int.MaxValue) || shape.Length > 8 || shape.Aggregate(1.0, (product, s) => product * s) > int.MaxValue || offsets.Count != 2)
                throw new InvalidOperationException("sizes or offsets out of range");
            return (node["dtype"]!.GetValue<string>(), shape, offsets[0]!.GetValue<long>(), offsets[1]!.GetValue<long>());
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new InvalidWeightsException($"tensor {key} of {name} must have dtype, shape and data_offsets, but got {node?.ToJsonString()}.");
        }
    }

    private static int? Size(string type) => type switch { "F64" or "I64" => 8, "F32" or "I32" => 4, "F16" or "BF16" => 2, "U8" or "I8" or "BOOL" => 1, _ => null };

    private static float[] Values(ReadOnlySpan<byte> data, string type, long count)
    {
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = type switch
            {
                "F32" => BinaryPrimitives.ReadSingleLittleEndian(data[(4 * i)..]),
                "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(data[(8 * i)..]),
                "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(data[(2 * i)..]),
                "BF16" => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(data[(2 * i)..]) << 16),
                "I64" => BinaryPrimitives.ReadInt64LittleEndian(data[(8 * i)..]),
                "I32" => BinaryPrimitives.ReadInt32LittleEndian(data[(4 * i)..]),
                "I8" => (sbyte)data[i],
                _ => data[i],
            };
        return values;
    }
}
