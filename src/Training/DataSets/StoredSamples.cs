using System.Runtime.InteropServices;
using System.Text.Json;
using HpoService.Search;

namespace HpoService.Training.DataSets;

/// <summary>Samples as files of their own in a data set's folder, so that their numbers need not be in memory: <c>values</c>, and all else in <c>samples.json</c>
/// and <c>targets</c>.</summary>
internal static class StoredSamples
{
    private const string Card = "samples.json", Targets = "targets";

    /// <summary>The files; the last one says that the others are whole.</summary>
    public static IReadOnlyList<string> Files { get; } = ["values", Targets, Card];

    /// <summary>What was written to a folder, or null; a folder without the card, which is written last, has nothing.</summary>
    public static RawSamples? Read(string folder)
    {
        if (!File.Exists(Path.Combine(folder, Card)))
            return null;
        var card = JsonSerializer.Deserialize<SamplesCard>(File.ReadAllText(Path.Combine(folder, Card)), HpoJson.Options)!;
        using var targets = File.OpenRead(Path.Combine(folder, Targets));
        return new RawSamples(card.Kind)
        {
            Sizes = card.Sizes, Values = [], Columns = card.Columns, Classes = card.Classes, TargetNames = card.TargetNames, TargetName = card.TargetName, TestStart = card.TestStart,
            Labels = Next<long>(card.Labels), Targets = Next<float>(card.Targets), Lengths = Next<long>(card.Lengths),
            Rows = new FileRows(Path.Combine(folder, "values"), card.Sizes.Aggregate(1, (product, size) => product * size)),
        };

        T[] Next<T>(int count) where T : unmanaged
        {
            var values = new T[count];
            targets.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }

    /// <summary>Writes samples to a folder that is there; their numbers too, if they are in memory.</summary>
    public static void Write(string folder, RawSamples samples)
    {
        if (samples.Rows is null)
            using (var values = File.Create(Path.Combine(folder, "values")))
                for (var at = 0; at < samples.Values.Length; at += 1 << 20)
                    values.Write(MemoryMarshal.AsBytes(samples.Values.AsSpan(at, Math.Min(1 << 20, samples.Values.Length - at))));
        using (var targets = File.Create(Path.Combine(folder, Targets)))
        {
            targets.Write(MemoryMarshal.AsBytes(samples.Labels.AsSpan()));
            targets.Write(MemoryMarshal.AsBytes(samples.Targets.AsSpan()));
            targets.Write(MemoryMarshal.AsBytes(samples.Lengths.AsSpan()));
        }

        var card = new SamplesCard(
            samples.Kind, samples.Sizes, samples.Columns, samples.Classes, samples.TargetNames,
            samples.Labels.Length, samples.Targets.Length, samples.Lengths.Length, samples.TargetName, samples.TestStart);
        File.WriteAllText(Path.Combine(folder, Card), JsonSerializer.Serialize(card, HpoJson.Options));
    }

    private sealed record SamplesCard(
        SampleKind Kind, IReadOnlyList<int> Sizes, IReadOnlyList<Column> Columns, IReadOnlyList<string> Classes, IReadOnlyList<string> TargetNames,
        int Labels, int Targets, int Lengths, string? TargetName = null, int? TestStart = null);
}
