namespace HpoService.Distributed;

/// <summary>Processes could not meet, or lost touch with each other: one of them died, or did not answer in time.</summary>
public sealed class ProcessGroupException(string message) : Exception(message)
{
    /// <summary>Whether an exception says that another process did not answer in time. Gloo has no type for it, only words, and what the reducer throws in the midst of a backward
    /// comes through the binding of libtorch.</summary>
    public static bool IsTimeout(Exception exception) =>
        exception.Message.Contains("timed out", StringComparison.OrdinalIgnoreCase) || exception.Message.Contains("timeout", StringComparison.OrdinalIgnoreCase);
}
