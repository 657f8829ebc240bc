using HpoService.Search.Spaces;
using HpoService.Search.Studies;

namespace HpoService.Storage.Rows;

/// <summary>A trial as stored; key (StudyId, Number). Who changes it holds the database's write lock, and has read it under that lock or knows that nobody
/// else has written since. For updates by EF Core <see cref="State"/> and <see cref="LeaseToken"/> are concurrency tokens all the same.</summary>
internal sealed class TrialRow
{
    private ParameterValues? _parameters;

    public long StudyId { get; set; }
    public int Number { get; set; }
    public TrialState State { get; set; }
    public required string ParametersJson
    {
        get;
        set => (field, _parameters) = (value, null);
    }

    /// <summary>Some parameters are still to be filled in by the sampler (enqueued with partial values).</summary>
    public bool IsPartial { get; set; }
    public string? SuggestedBy { get; set; }

    /// <summary>How often it was started.</summary>
    public int Attempt { get; set; }

    /// <summary>How often an attempt broke by itself; bounded by the study's maxAttempts.</summary>
    public int Failures { get; set; }

    /// <summary>How often its lease ran out; bounded so that a trial that takes its machine down cannot do so for ever.</summary>
    public int LeaseLosses { get; set; }
    public string? Worker { get; set; }

    /// <summary>The current or, while queued, the last holder's token: its late result is still accepted.</summary>
    public string? LeaseToken { get; set; }
    public long? LeaseExpiresAt { get; set; }

    /// <summary>How long a renewal lasts.</summary>
    public long LeaseMilliseconds { get; set; }

    /// <summary>The token under which the last broken attempt was reported: makes a repeated report of it harmless.</summary>
    public string? FailedToken { get; set; }
    public bool StopRequested { get; set; }
    public string? StopReason { get; set; }
    public string? ValuesJson { get; set; }

    /// <summary>Whether the final values keep the study's outcome constraints; null without constraints or values.</summary>
    public bool? IsFeasible { get; set; }

    /// <summary>The first objective's score of a completed trial, to sort by.</summary>
    public double? Score { get; set; }
    public string? LatestMeasurementJson { get; set; }
    public string? Error { get; set; }
    public string? UserAttributesJson { get; set; }
    public long CreatedAt { get; set; }
    public long? StartedAt { get; set; }
    public long? CompletedAt { get; set; }

    /// <summary>The study's version at the last change.</summary>
    public long Version { get; set; }

    /// <summary>What <see cref="ParametersJson"/> says, parsed once.</summary>
    public ParameterValues Parameters() => _parameters ??= Mapping.FromJson<ParameterValues>(ParametersJson);

    /// <summary>Sets both.</summary>
    public void SetParameters(ParameterValues values)
    {
        ParametersJson = Mapping.ToJson(values);
        _parameters = values;
    }

    public TrialRow Clone() => (TrialRow)MemberwiseClone();
}
