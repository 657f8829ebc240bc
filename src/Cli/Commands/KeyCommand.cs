using System.CommandLine;
using HpoService.Search;
using HpoService.Storage;

namespace HpoService.Cli.Commands;

/// <summary>Keys of the API, kept in the service's database.</summary>
internal static class KeyCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder of the service's database.", DefaultValueFactory = _ => "./data" };
        var database = DatabaseOption.Create();
        var role = new Option<Role>("--role") { Description = "What it may do: read, worker (run trials), write (change studies), admin.", DefaultValueFactory = _ => Role.Write };
        var name = new Argument<string>("name") { Description = "Whose it is; unique." };
        var add = new Command("add", "Makes a key and prints it, this once.") { name, role, data, database };
        add.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data)!, parsed.GetValue(database), async keys =>
        {
            Console.WriteLine(await keys.AddAsync(parsed.GetValue(name)!, parsed.GetValue(role), cancellationToken));
        }, cancellationToken));
        var list = new Command("list", "Lists the keys, without their secrets.") { data, database };
        list.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data)!, parsed.GetValue(database), async keys =>
        {
            foreach (var key in await keys.ListAsync(cancellationToken))
                Console.WriteLine($"{key.Name,-24} {key.Role.ToString().ToLowerInvariant(),-8} {key.Id}  {key.CreatedAt:u}{(key.RevokedAt is { } at ? $"  revoked {at:u}" : "")}");
        }, cancellationToken));
        var revoke = new Command("revoke", "Makes a key worthless, within seconds everywhere.") { name, data, database };
        revoke.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(data)!, parsed.GetValue(database), async keys =>
        {
            await keys.RevokeAsync(parsed.GetValue(name)!, cancellationToken);
        }, cancellationToken));
        return new Command("key", "Manages the keys of the API. As soon as there is one, every call needs one.") { add, list, revoke };
    }

    private static async Task<int> RunAsync(string data, string? address, Func<ApiKeyStore, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(new ApiKeyStore(await Hosting.OpenAsync(data, address, cancellationToken), TimeProvider.System));
            return 0;
        }
        catch (HpoException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
