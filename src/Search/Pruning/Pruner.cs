using System.Text.Json;
using HpoService.Search.Studies;

namespace HpoService.Search.Pruning;

/// <summary>Decides from a trial's measurements whether it is worth going on.</summary>
public interface IPruner
{
    /// <summary>Judges a running trial after a report; a function of its inputs.</summary>
    /// <param name="history">The study with all measurements, the latest of this trial among them.</param>
    /// <param name="trialNumber">The trial that reported.</param>
    /// <param name="latest">What it reported last.</param>
    PruneDecision Decide(StudyHistory history, int trialNumber, Measurement latest);
}

/// <summary>Whether to stop, and why.</summary>
public sealed record PruneDecision(bool ShouldStop, string? Reason)
{
    /// <summary>Go on.</summary>
    public static PruneDecision Continue { get; } = new(false, null);
}

/// <summary>What a study says about its pruner: a kind of <see cref="PrunerRegistry"/> and the kind's options.</summary>
public sealed record PrunerSettings(string Kind = "none", JsonElement? Options = null);
