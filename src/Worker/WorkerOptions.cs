using HpoService.Worker.Commands;

namespace HpoService.Worker;

/// <summary>How a worker runs.</summary>
public sealed record WorkerOptions
{
    /// <summary>Its name, unique among the workers of a database; the same after a restart: its durable jobs are kept under it.</summary>
    public required string Name { get; init; }

    /// <summary>How many trials it runs at once, at least 1; each in a process of its own, with one torch thread.</summary>
    public required int Slots { get; init; }

    /// <summary>The program, and its first arguments, that serves training attempts on its standard input: <c>hpo trial-process</c>.</summary>
    public required IReadOnlyList<string> TrialCommand { get; init; }

    /// <summary>The programs that studies may run here, by name.</summary>
    public IReadOnlyDictionary<string, CommandSpec> Commands { get; init; } = new Dictionary<string, CommandSpec>();

    /// <summary>The folder of registered data sets, weights and artifacts; null = none: only what ships can be trained on, and no model is kept.</summary>
    public string? DataFolder { get; init; }

    /// <summary>How long a trial is held without a sign of life.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often leases are renewed; a fraction of <see cref="Lease"/>.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a process may go on after it was asked to stop, before it is killed.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(20);
}
