using System.Text.Json;

namespace HpoService.Search.Studies;

/// <summary>Who runs the trials of a study.</summary>
/// <param name="Kind"><c>external</c>: clients, over HTTP; <c>training</c>: the workers, with one of their models.</param>
/// <param name="Model">For <c>training</c>: the model's name.</param>
/// <param name="DataSet">For <c>training</c>: the data set's name.</param>
/// <param name="Settings">For <c>training</c>: the model's settings as a JSON object; a trial's parameters override them.</param>
public sealed record Runner(string Kind = Runner.External, string? Model = null, string? DataSet = null, JsonElement? Settings = null)
{
    /// <summary>Clients suggest and complete over HTTP.</summary>
    public const string External = "external";

    /// <summary>Workers train one of their models.</summary>
    public const string Training = "training";

    /// <summary>The legal kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [External, Training];
}
