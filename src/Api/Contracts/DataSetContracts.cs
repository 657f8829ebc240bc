using HpoService.Search.Models;

namespace HpoService.Api.Contracts;

/// <summary>What is known of a data set.</summary>
/// <param name="Name">What <c>runner.dataset</c> says.</param>
/// <param name="Kind">What one sample is.</param>
/// <param name="Goal">What is to be learned.</param>
/// <param name="Format">The format of its file.</param>
/// <param name="Count">Samples, tokens or moments.</param>
/// <param name="Sizes">Of one sample; empty for text.</param>
/// <param name="Classes">The classes' names, or the first 1,000 of a vocabulary.</param>
/// <param name="Columns">Of a table: its features.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="Target">The target column that was asked for.</param>
/// <param name="Shipped">Whether it comes with the program, and cannot be deleted.</param>
public sealed record DataSetContract(
    string Name, SampleKind Kind, GoalKind Goal, string Format, int Count, IReadOnlyList<int> Sizes, IReadOnlyList<string> Classes, IReadOnlyList<ColumnContract> Columns,
    long Bytes, string? Target, bool Shipped)
{
    internal static DataSetContract Of(DataCard c, bool isShipped) => new(
        c.Name, c.Kind, c.Goal, c.Format, c.Count, c.Sizes, c.Classes, [.. c.Columns.Select(k => new ColumnContract(k.Name, k.Missing, k.Categories, k.Mean, k.Deviation))],
        c.Bytes, c.Target, isShipped);
}

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Missing">How many values are missing.</param>
/// <param name="Categories">Its categories; absent = it holds numbers.</param>
/// <param name="Mean">Of its numbers.</param>
/// <param name="Deviation">Of its numbers.</param>
public sealed record ColumnContract(string Name, int Missing, IReadOnlyList<string>? Categories, double? Mean, double? Deviation);

/// <summary>What is sent to register a data set.</summary>
/// <param name="Name">Letters, digits, - and _, at most 100; new.</param>
/// <param name="File">The file: CSV, NPZ, IDX samples, ZIP or text; it may be gzip.</param>
/// <param name="Labels">The second file of IDX.</param>
/// <param name="Format">csv, npz, idx, images, sequences, text or series; absent = by the file's name.</param>
/// <param name="Target">The target column of a table or series, by name or number from 0; absent = the last.</param>
/// <param name="Goal">classification or regression; absent = by the target's values.</param>
/// <param name="ImageSize">Of a ZIP of images: the height and width that the middle of each is brought to, from 1 to 1024; absent = they have one size.</param>
/// <param name="ImageChannels">Of a ZIP of images: 1 (gray) or 3 (colours), which each is brought to; absent = they have one number.</param>
public sealed record DataSetForm(
    string Name, IFormFile File, IFormFile? Labels = null, string? Format = null, string? Target = null, string? Goal = null, int? ImageSize = null, int? ImageChannels = null);
