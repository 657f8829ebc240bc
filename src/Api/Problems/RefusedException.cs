namespace HpoService.Api.Problems;

/// <summary>A request that is not let in. Its problem type and what to send with it.</summary>
internal sealed class RefusedException(int status, string type, string message, int? retryAfterSeconds = null) : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;
}
