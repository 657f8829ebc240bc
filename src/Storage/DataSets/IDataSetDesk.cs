using HpoService.Search.Models;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>What only the training room can do with data sets, for rooms that may not reach it; decision 8.</summary>
public interface IDataSetDesk
{
    /// <summary>Those that ship and those that are registered, by name.</summary>
    IReadOnlyList<DataCard> List();

    /// <summary>The one of a name; null = there is none.</summary>
    DataCard? Find(string name);

    /// <summary>Whether it ships with the program.</summary>
    bool Ships(string name);

    /// <summary>Reads, checks and keeps a data set, in a process of its own.</summary>
    /// <exception cref="InvalidDataSetException">The file is none; says where.</exception>
    /// <exception cref="Search.NameTakenException">There is one of that name.</exception>
    Task<DataCard> AddAsync(DataSetUpload upload, CancellationToken cancellationToken);

    /// <summary>The request that a registered data set came with; null = it came without a key.</summary>
    string? RequestOf(string name);

    /// <summary>Removes the files of a registered data set.</summary>
    void Remove(string name);

    /// <summary>What a study on it optimises when it does not say.</summary>
    Objective UsualObjective(GoalKind goal);

    /// <summary>What the models are over the data sets that there are now.</summary>
    IReadOnlyList<ModelCard> Cards();
}

/// <summary>A data set on its way in.</summary>
/// <param name="Name">What it is to be called.</param>
/// <param name="Path">Its file; is given away.</param>
/// <param name="FileName">The name that the file came with.</param>
/// <param name="Labels">The second file of a pair, such as IDX labels; is given away.</param>
/// <param name="Format">What the file is; null = as its name says.</param>
/// <param name="Target">The target column; null = the last.</param>
/// <param name="Goal">classification or regression; null = by the target's values.</param>
/// <param name="MostBytes">What it may unpack to.</param>
/// <param name="MostSeconds">How long reading may take.</param>
/// <param name="ImageSize">The height and width that images are brought to; null = they have one.</param>
/// <param name="ImageChannels">1 or 3, which images are brought to; null = they have one number.</param>
/// <param name="Request">Kept with it, to know the same request again; null = not.</param>
public sealed record DataSetUpload(
    string Name, string Path, string FileName, string? Labels = null, string? Format = null, string? Target = null, string? Goal = null,
    long MostBytes = 1_000_000_000, double MostSeconds = 120, int? ImageSize = null, int? ImageChannels = null, string? Request = null);
