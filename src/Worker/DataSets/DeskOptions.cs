namespace HpoService.Worker.DataSets;

/// <summary>How what is asked over HTTP of the training room is done.</summary>
public sealed record DeskOptions
{
    /// <summary>As <see cref="WorkerOptions.TrialCommand"/>.</summary>
    public required IReadOnlyList<string> TrialCommand { get; init; }

    /// <summary>The folder of data sets and trials, as a full path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Memory of the process that reads a new data set, in bytes.</summary>
    public long ReadingBytes { get; init; } = 4L << 30;
}
