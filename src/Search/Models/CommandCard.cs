namespace HpoService.Search.Models;

/// <summary>A command that a worker's operator registered, as studies see it: never a command line.</summary>
/// <param name="Name">What <c>runner.command</c> says.</param>
/// <param name="Description">Free text.</param>
/// <param name="Arguments">What <c>runner.arguments</c> may give.</param>
public sealed record CommandCard(string Name, string Description, IReadOnlyList<CommandArgument> Arguments);

/// <summary>An argument of a command.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its value where a study gives none; null = a study must give one.</param>
/// <param name="Allowed">The values that a study may give; null = any.</param>
public sealed record CommandArgument(string Name, string? Default = null, IReadOnlyList<string>? Allowed = null);
