namespace HpoService.Api.Access;

/// <summary>The section <c>Auth</c> of the settings.</summary>
public sealed record AccessOptions
{
    /// <summary>Whether anybody may call, from anywhere, while there are no keys.</summary>
    public bool AllowAnonymous { get; init; }
}

/// <summary>The section <c>Limits</c> of the settings.</summary>
public sealed record LimitOptions
{
    /// <summary>How many requests a second one key, or one address without a key, may send; twice as many in a burst. 0 = no limit. Callers on
    /// this machine have none while there are no keys.</summary>
    public int RequestsPerSecond { get; init; } = 2000;

    /// <summary>After how many seconds a request is given up, streams excepted.</summary>
    public double RequestSeconds { get; init; } = 60;

    /// <summary>After how many seconds a data set on its way in is given up, the reading of it included. At 100 kbit/s the largest takes less.</summary>
    public double UploadSeconds { get; init; } = 21_600;

    /// <summary>The largest body, in bytes.</summary>
    public long BodyBytes { get; init; } = 16_000_000;

    /// <summary>The largest files of one data set, as they are sent, in bytes.</summary>
    public long DataSetBytes { get; init; } = 256_000_000;

    /// <summary>What they may unpack to, in bytes.</summary>
    public long DataSetUnpackedBytes { get; init; } = 1_000_000_000;

    /// <summary>How many seconds reading and checking a data set may take.</summary>
    public double DataSetSeconds { get; init; } = 120;

    /// <summary>How many seconds a prediction may take.</summary>
    public double PredictSeconds { get; init; } = 30;
}
