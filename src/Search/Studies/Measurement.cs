namespace HpoService.Search.Studies;

/// <summary>What a trial reported at one step: metric values by name. Steps are 0 or larger.</summary>
public sealed record Measurement(long Step, IReadOnlyDictionary<string, double> Values);
