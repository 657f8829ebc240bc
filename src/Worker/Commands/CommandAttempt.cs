using System.Text.Json;
using System.Text.RegularExpressions;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Worker.Processes;

namespace HpoService.Worker.Commands;

/// <summary>An attempt of a command runner. The program says what it has to say in lines of its output that start with <c>hpo </c>; all its
/// lines, and those of its errors, go to the trial's log.</summary>
internal sealed partial class CommandAttempt(CommandProcess process, TrialLog log) : IAttempt
{
    private const string Prefix = "hpo ";
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(2), Tick = TimeSpan.FromMilliseconds(50);
    private volatile bool _isStopped, _isReporting;
    private string? _lastError;
    private Message? _result;
    private Measurement? _lastMeasurement;

    /// <summary>A line: <c>hpo {"step": 1, "values": {…}}</c>, <c>hpo {"complete": {…}}</c> or <c>hpo {"infeasible": "why"}</c>.</summary>
    private sealed record Line(long? Step = null, IReadOnlyDictionary<string, double>? Values = null, IReadOnlyDictionary<string, double>? Complete = null, string? Infeasible = null);

    public bool KeepsWork => true;

    public async Task<Message> RunAsync(Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (output, errors) = (ReadOutputAsync(report, ending.Token), ReadErrorsAsync(ending.Token));
        var exit = process.ExitAsync(ending.Token);
        if (await Task.WhenAny(output, exit) == output)
            await output; // a report that cannot be read ends the attempt: what comes after it means nothing
        var code = await exit;
        var rest = Task.WhenAll(output, errors);
        // What the program started may hold its output open: what comes late is not waited for. But all that it said itself is told, however long that takes.
        for (var left = Drain; left > TimeSpan.Zero && await Task.WhenAny(rest, Task.Delay(Tick, CancellationToken.None)) != rest; left -= _isReporting ? TimeSpan.Zero : Tick)
            cancellationToken.ThrowIfCancellationRequested();
        if (!rest.IsCompleted)
            await ending.CancelAsync();
        try
        {
            await rest;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            log.Write("… something that the program started held its output open, and was killed.");
        }

        log.Write($"=== exit code {code}");
        return code == 0 && _result is not null ? _result
            : _isStopped ? new Message(Stopped: true)
            : code != 0 ? new Message(Failed: $"the command ended with exit code {code}{(_lastError is null ? "" : $": {_lastError}")}")
            : _lastMeasurement is { } last ? new Message(Completed: last.Values)
            : new Message();
    }

    public void Stop()
    {
        _isStopped = true;
        process.Stop();
    }

    public void Dispose()
    {
        process.Dispose();
        log.Dispose();
    }

    private async Task ReadErrorsAsync(CancellationToken cancellationToken)
    {
        await foreach (var line in BoundedLines.ReadAsync(process.Error, cancellationToken))
        {
            log.Write(line);
            if (line.Length > 0)
                _lastError = line.Length <= 500 ? line : line[..500] + "…";
        }
    }

    private async Task ReadOutputAsync(Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        await foreach (var line in BoundedLines.ReadAsync(process.Output, cancellationToken))
        {
            log.Write(line);
            if (!line.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            switch (Read(line))
            {
                case { Step: { } step, Values: { } values, Complete: null, Infeasible: null }:
                    _lastMeasurement = new Measurement(step, values);
                    _isReporting = true;
                    try
                    {
                        await report(_lastMeasurement);
                    }
                    finally
                    {
                        _isReporting = false;
                    }

                    break;
                case { Step: null, Values: null, Complete: { } values, Infeasible: null }:
                    _result = new Message(Completed: values);
                    break;
                case { Step: null, Values: null, Complete: null, Infeasible: { } reason }:
                    _result = new Message(Infeasible: reason);
                    break;
                default:
                    throw Bad(line);
            }
        }
    }

    private static Line Read(string line)
    {
        try
        {
            // Python's json writes NaN and Infinity as they are, which is no JSON.
            return Pipe.Read<Line?>(Bare().Replace(line[Prefix.Length..], token => token.Value[0] == '"' ? token.Value : $"\"{token}\"")) ?? throw Bad(line);
        }
        catch (JsonException)
        {
            throw Bad(line);
        }
    }

    private static InvalidDataException Bad(string line) => new(
        $"a line that starts with 'hpo ' must be a report such as hpo {{\"step\": 1, \"values\": {{\"loss\": 0.5}}}}, but got '{(line.Length <= 200 ? line : line[..200] + "…")}'.");

    // Texts as a whole, so that what stands in them is left alone.
    [GeneratedRegex(""""
        "(?:\\.|[^"\\])*"|(?<=:\s*)(?:NaN|-?Infinity)(?=\s*[,}])
        """", RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Bare();
}
