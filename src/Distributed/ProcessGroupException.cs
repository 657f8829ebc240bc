namespace HpoService.Distributed;

/// <summary>Processes could not meet, or lost touch with each other: one of them died, or did not answer in time.</summary>
public sealed class ProcessGroupException(string message) : Exception(message);
