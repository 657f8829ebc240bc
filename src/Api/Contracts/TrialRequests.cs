using System.Text.Json;
using System.Text.Json.Serialization;
using HpoService.Search.Spaces;

namespace HpoService.Api.Contracts;

/// <summary>Asks for trials to run.</summary>
public sealed record SuggestRequest(int Count = 1, string Worker = "external", double LeaseSeconds = 60);

/// <summary>A measurement of a running trial.</summary>
public sealed record ReportRequest(
    long Step,
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] Dictionary<string, double> Values,
    string LeaseToken);

/// <summary>Renews a lease.</summary>
public sealed record HeartbeatRequest(string LeaseToken, double? LeaseSeconds = null);

/// <summary>Ends a trial with its final values by metric; "NaN", "Infinity" and "-Infinity" make it infeasible.</summary>
public sealed record CompleteRequest(
    [property: JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)] Dictionary<string, double> Values,
    string LeaseToken);

/// <summary>Ends a trial otherwise.</summary>
public sealed record EndRequest(string LeaseToken, string? Reason = null);

/// <summary>Withdraws a trial; needs no lease, but one that is named must hold.</summary>
public sealed record CancelRequest(string? Reason = null, string? LeaseToken = null);

/// <summary>Trials to queue; values may be left open.</summary>
public sealed record EnqueueRequest(List<ParameterValues> Trials);

/// <summary>What to change of a trial: userAttributes is an object, up to 65,536 characters of JSON.</summary>
public sealed record PatchTrialRequest(JsonElement UserAttributes);
