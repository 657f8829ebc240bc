using System.ComponentModel;
using HpoService.Storage;
using HpoService.Worker.Processes;
using Microsoft.Extensions.Logging;

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

    /// <exception cref="UnavailableException">There is no such program, or no room for one more process.</exception>
    internal TrialProcess Start(IReadOnlyDictionary<string, string>? environment, ILogger logger)
    {
        try
        {
            return new TrialProcess(TrialCommand, environment);
        }
        catch (Win32Exception e)
        {
            logger.LogError(e, "A process for data sets and models could not be started.");
            throw new UnavailableException("a process for it must start, but got none.");
        }
    }
}
