using System.CommandLine;
using System.Net.Sockets;
using HpoService.Storage;

namespace HpoService.Cli.Commands;

/// <summary>Asks a service, or a worker by its heartbeats, whether it works: for a container's HEALTHCHECK, whose image has no curl.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A service: is it ready?" };
        var data = new Option<string?>("--data") { Description = "The folder of a database: has a worker of this machine been heard of within a minute?" };
        var name = new Option<string?>("--name") { Description = "With --data: the worker's name, where it was given one." };
        var database = DatabaseOption.Create();
        var timeout = new Option<double>("--timeout") { Description = "After how many seconds without an answer it is not well, 0.1 to 3600. A machine that trains is slow to answer.", DefaultValueFactory = _ => 10 };
        timeout.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !(result.GetValueOrDefault<double>() is >= 0.1 and <= 3600))
                result.AddError($"--timeout must be 0.1 to 3600 seconds, but got {result.Tokens[0].Value}.");
        });
        var command = new Command("health", "Exits with 0 if a service or worker is well, otherwise says why not and exits with 1.") { url, data, name, database, timeout };
        command.Validators.Add(result =>
        {
            if (result.GetValue(url) is null == result.GetValue(data) is null)
                result.AddError("One of --url and --data must be given, but got both or none.");
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var patience = TimeSpan.FromSeconds(parsed.GetValue(timeout));
            var illness = parsed.GetValue(url) is { } service
                ? await OfServiceAsync(service, patience, cancellationToken)
                : await OfWorkerAsync(parsed.GetValue(data)!, parsed.GetValue(name), parsed.GetValue(database), patience, cancellationToken);
            if (illness is null)
                return 0;
            await Console.Error.WriteLineAsync(illness);
            return 1;
        });
        return command;
    }

    private static async Task<string?> OfServiceAsync(string url, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = patience };
        try
        {
            using var answer = await http.GetAsync(new Uri(new Uri(url), "/health/ready"), cancellationToken);
            return answer.IsSuccessStatusCode ? null : $"{url} is not ready: {(int)answer.StatusCode}.";
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or TaskCanceledException or UriFormatException)
        {
            return $"{url} does not answer: {e.Message}";
        }
    }

    private static async Task<string?> OfWorkerAsync(string data, string? name, string? address, TimeSpan patience, CancellationToken cancellationToken)
    {
        var file = Path.Combine(data, "hpo.db");
        if (address is null && !File.Exists(file))
            return $"There is no {file}.";
        var database = DatabaseOption.Find(data, address, patience);
        try
        {
            var workers = await new WorkerStore(database, TimeProvider.System).ListAsync(cancellationToken).WaitAsync(patience, TimeProvider.System, cancellationToken);
            return workers.Any(worker => (name is null ? WorkerName.IsOfThisMachine(worker.Name) : worker.Name == name) && worker.State != "offline")
                ? null
                : $"No worker {(name is null ? "of this machine" : $"'{name}'")} has been heard of within a minute; the database knows of {workers.Count}.";
        }
        catch (Exception e) when (e is TimeoutException || Database.Translate(e) is UnwritableException or BusyException)
        {
            return "The database does not answer.";
        }
    }
}
