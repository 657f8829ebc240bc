using System.Text.Json;
using HpoService.Search.Spaces;

namespace HpoService.Search.Studies;

/// <summary>Who runs the trials of a study.</summary>
/// <param name="Kind"><c>external</c>: clients, over HTTP; <c>training</c>: the workers, with one of their models; <c>command</c>: the workers,
/// with a program that their operator registered.</param>
/// <param name="Model">For <c>training</c>: the model's name.</param>
/// <param name="DataSet">For <c>training</c>: the data set's name.</param>
/// <param name="Settings">For <c>training</c>: the model's settings as a JSON object; a trial's parameters override them.</param>
/// <param name="Command">For <c>command</c>: the registered name.</param>
/// <param name="Arguments">For <c>command</c>: values for the arguments that it was registered with.</param>
public sealed record Runner(
    string Kind = Runner.External, string? Model = null, string? DataSet = null, JsonElement? Settings = null, string? Command = null,
    ParameterValues? Arguments = null)
{
    /// <summary>Clients suggest and complete over HTTP.</summary>
    public const string External = "external";

    /// <summary>Workers train one of their models.</summary>
    public const string Training = "training";

    /// <summary>Workers run a program that their operator registered.</summary>
    public const string CommandKind = "command";

    /// <summary>The legal kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [External, Training, CommandKind];
}
