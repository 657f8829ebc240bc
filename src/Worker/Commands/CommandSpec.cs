using System.Text.Json;
using System.Text.RegularExpressions;
using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Spaces;

namespace HpoService.Worker.Commands;

/// <summary>A program that the worker's operator lets studies run: what commands.json says of one name.</summary>
public sealed partial record CommandSpec
{
    private const string NameOf = "name", ValueOf = "value";

    /// <summary>Free text, for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>The program: a path, or a name in PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Its arguments, each passed as it stands, without a shell; the name in <c>{data}</c> stands for the value of an argument that it takes. One with <c>{name}</c> and,
    /// behind it, <c>{value}</c>, such as <c>--{name}={value}</c>, stands for one argument for each of the trial's parameters.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where it runs; default: where the worker does.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>What is added to the worker's environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The arguments that studies may give.</summary>
    public IReadOnlyDictionary<string, Taken> Takes { get; init; } = new Dictionary<string, Taken>();

    /// <summary>An argument: its value where a study gives none, and the values that it may have.</summary>
    public sealed record Taken(string? Default = null, IReadOnlyList<string>? Allowed = null);

    /// <summary>Reads commands.json: an object of commands by name.</summary>
    /// <exception cref="InvalidStudyException">It is not what it should be.</exception>
    public static IReadOnlyDictionary<string, CommandSpec> Load(string path)
    {
        try
        {
            var commands = JsonSerializer.Deserialize<Dictionary<string, CommandSpec>>(File.ReadAllText(path), HpoJson.Options) ?? [];
            foreach (var (name, command) in commands)
                command.Check(name);
            return commands;
        }
        catch (JsonException e)
        {
            throw new InvalidStudyException("", $"{path} must be an object of commands by name, but got a mistake at '{e.Path}', line {e.LineNumber + 1}.");
        }
    }

    /// <summary>What studies see of it.</summary>
    public CommandCard ToCard(string name) => new(name, Description, [.. Takes.Select(t => new CommandArgument(t.Key, t.Value.Default, t.Value.Allowed))]);

    /// <summary>The arguments with their values in place; what looks like a name within a value stays as it is.</summary>
    /// <param name="values">Of the arguments that it takes.</param>
    /// <param name="parameters">Of the trial, the inactive ones absent.</param>
    /// <exception cref="InvalidStudyException">A parameter's name could be taken for something else on a command line.</exception>
    public IEnumerable<string> Fill(IReadOnlyDictionary<string, string> values, ParameterValues parameters) =>
        Arguments.SelectMany(argument => IsForEach(argument) ? parameters.Select(p => Fill(argument, new Dictionary<string, string>(values) { [NameOf] = Plain(p.Key), [ValueOf] = p.Value.ToString() }))
            : [Fill(argument, values)]);

    private static string Fill(string argument, IReadOnlyDictionary<string, string> values) =>
        Name().Replace(argument, name => values.GetValueOrDefault(name.Groups[1].Value, name.Value));

    private bool IsForEach(string argument) => !Takes.ContainsKey(NameOf) && !Takes.ContainsKey(ValueOf)
        && argument.IndexOf($"{{{NameOf}}}", StringComparison.Ordinal) is >= 0 and var name && argument.IndexOf($"{{{ValueOf}}}", StringComparison.Ordinal) > name;

    private static string Plain(string name) => PlainName().IsMatch(name) ? name : throw new InvalidStudyException(
        "/parameters", $"the name of a parameter that a command gets as an option must be letters, digits, '_', '.' or '-', with a letter or '_' first, but got '{name}'.");

    [GeneratedRegex("""\{([A-Za-z0-9_-]+)\}""")]
    private static partial Regex Name();

    [GeneratedRegex("""^[A-Za-z_][A-Za-z0-9_.-]*\z""")]
    private static partial Regex PlainName();

    private void Check(string name)
    {
        if (name.Length is < 1 or > 100 || string.IsNullOrWhiteSpace(Program))
            throw new InvalidStudyException($"/{name}", $"a command must have a name of 1 to 100 characters and a program, but got '{name}' with '{Program}'.");
        foreach (var taken in Takes.Keys.Where(taken => taken.Length == 0 || !taken.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')))
            throw new InvalidStudyException($"/{name}/takes", $"an argument's name must be letters, digits, '_' or '-', but got '{taken}'.");
    }
}
