using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>The commands that workers offer.</summary>
public sealed class CommandStore(Database database, TimeProvider time)
{
    /// <summary>Publishes cards, replacing those of the same names.</summary>
    public Task PublishAsync(IReadOnlyList<CommandCard> cards, CancellationToken cancellationToken) => cards.Count == 0 ? Task.CompletedTask : database.WriteAsync(async db =>
    {
        foreach (var card in cards)
        {
            var row = await db.Commands.FindAsync([card.Name], default);
            if (row is null)
                db.Commands.Add(row = new CommandRow { Name = card.Name, CardJson = "" });
            (row.CardJson, row.UpdatedAt) = (Mapping.ToJson(card), time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        return cards.Count;
    }, cancellationToken);

    /// <summary>All cards, by name.</summary>
    public async Task<IReadOnlyList<CommandCard>> ListAsync(CancellationToken cancellationToken)
    {
        await using var db = database.Open();
        return (await db.Commands.AsNoTracking().OrderBy(c => c.Name).ToListAsync(cancellationToken)).ConvertAll(row => Mapping.FromJson<CommandCard>(row.CardJson));
    }

    /// <summary>Checks what a study asks of its command.</summary>
    /// <exception cref="UnknownCommandException">No worker has published it.</exception>
    /// <exception cref="InvalidStudyException">Arguments that it does not take, or lacks.</exception>
    internal async Task ValidateAsync(Runner runner, CancellationToken cancellationToken)
    {
        var cards = await ListAsync(cancellationToken);
        var card = cards.FirstOrDefault(c => c.Name == runner.Command) ?? throw new UnknownCommandException(runner.Command!, cards.Select(c => c.Name));
        if (Violations(card, runner.Arguments ?? ParameterValues.Empty).ToList() is { Count: > 0 } violations)
            throw new InvalidStudyException(violations);
    }

    private static bool IsOption(string value) => value.StartsWith('-') && !double.TryParse(value, out _) || value.Contains('\0');

    private static IEnumerable<Violation> Violations(CommandCard card, ParameterValues given)
    {
        var names = string.Join(", ", card.Arguments.Select(a => a.Name));
        foreach (var name in given.Keys.Where(name => card.Arguments.All(a => a.Name != name)))
            yield return new Violation($"/runner/arguments/{JsonPointer.Part(name)}", $"an argument must be one of [{names}], but got '{name}'.");
        foreach (var argument in card.Arguments)
        {
            if (!given.TryGetValue(argument.Name, out var value))
            {
                if (argument.Default is null)
                    yield return new Violation($"/runner/arguments/{JsonPointer.Part(argument.Name)}", $"{argument.Name} must be given, but got nothing.");
            }
            else if (argument.Allowed?.Contains(value.ToString()) == false)
            {
                yield return new Violation($"/runner/arguments/{JsonPointer.Part(argument.Name)}", $"{argument.Name} must be one of [{string.Join(", ", argument.Allowed)}], but got '{value}'.");
            }
            else if (argument.Allowed is null && IsOption(value.ToString()))
            {
                yield return new Violation($"/runner/arguments/{JsonPointer.Part(argument.Name)}", $"{argument.Name} must not start with '-', as options do, but got '{value}'.");
            }
        }
    }
}
