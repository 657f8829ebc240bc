namespace HpoService.Bench;

/// <summary>What <c>hpo bench service</c> is asked to measure. Every pair of a history and a number of studies is a scenario of its own.</summary>
public sealed record ServiceRequest
{
    /// <summary>The program: <c>serve</c> and <c>bench echo</c> are started from it.</summary>
    public required string Program { get; init; }

    /// <summary>Another build of the program, to be compared: each scenario is measured with both, in turn.</summary>
    public string? Against { get; init; }

    /// <summary>Keep-alive connections, each with one request at a time.</summary>
    public int Clients { get; init; } = 16;

    /// <summary>How long each scenario is measured, all rounds together.</summary>
    public double Seconds { get; init; } = 20;

    /// <summary>Scenarios and floors are measured in turn, this often; the report gives medians over the rounds.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The kind of sampler.</summary>
    public string Sampler { get; init; } = "random";

    /// <summary>Numbers of studies that the clients take turns at.</summary>
    public IReadOnlyList<int> Studies { get; init; } = [1];

    /// <summary>Numbers of completed trials that each study has at the start.</summary>
    public IReadOnlyList<int> Histories { get; init; } = [0];

    /// <summary>How long a client works on a trial between suggest and complete.</summary>
    public TimeSpan Work { get; init; } = TimeSpan.Zero;

    /// <summary>Idle event streams that are open meanwhile.</summary>
    public int Streams { get; init; }

    /// <summary><c>sqlite</c>; <c>postgres</c>: a server of the benchmark's own; or the connection string of a server on which databases may be made.</summary>
    public string Database { get; init; } = "sqlite";
}
