namespace HpoService.Search;

/// <summary>A study or data set of that name exists.</summary>
/// <param name="what">A study, a data set.</param>
/// <param name="name">Its name.</param>
public sealed class NameTakenException(string what, string name) : HpoException("/name", $"a {what}'s name must be new, but got '{name}', which exists.")
{
    /// <summary>Creates the error of a study.</summary>
    public NameTakenException(string name) : this("study", name)
    {
    }
}
