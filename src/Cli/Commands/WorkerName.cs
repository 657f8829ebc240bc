using System.Text.RegularExpressions;
using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Cli.Commands;

/// <summary>Gives each worker over a database a name of its own, and the same one again after a crash.</summary>
internal static partial class WorkerName
{
    private static readonly string Machine = Environment.MachineName.ToLowerInvariant();

    /// <summary>The wanted name, or the first free one of machine, machine-2, machine-3, …</summary>
    /// <exception cref="InvalidStudyException">The wanted name is taken by a worker that lives.</exception>
    public static async Task<string> ClaimAsync(Database database, string? wanted, CancellationToken cancellationToken)
    {
        if (wanted is not null && !IsName().IsMatch(wanted))
            throw new InvalidStudyException("/name", $"a worker's name must be 1 to 100 letters, digits, '.', '_' or '-', but got '{wanted}'.");
        if (wanted is not null)
            return await TryAsync(wanted) ? wanted : throw new InvalidStudyException("/name", $"a worker's name must be free, but got '{wanted}', which is running.");
        for (var i = 1; ; i++)
        {
            var name = i == 1 ? Machine : $"{Machine}-{i}";
            if (await TryAsync(name))
                return name;
        }

        Task<bool> TryAsync(string name) => database.TryClaimAsync(name, () => Lose(name), cancellationToken);
    }

    /// <summary>Whether <see cref="ClaimAsync"/> gives such a name here to a worker that wants none.</summary>
    public static bool IsOfThisMachine(string name) =>
        name == Machine || (name.StartsWith($"{Machine}-", StringComparison.Ordinal) && int.TryParse(name.AsSpan(Machine.Length + 1), out _));

    [GeneratedRegex(@"^(?!\.)[\w.-]{1,100}$")]
    private static partial Regex IsName();

    // The other one has taken back what this one runs: going on would only waste its time.
    private static void Lose(string name)
    {
        Console.Error.WriteLine($"a worker's name must be its own, but '{name}' was taken by another process while the database was away.");
        Environment.Exit(1);
    }
}
