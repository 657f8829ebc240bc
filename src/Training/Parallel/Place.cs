namespace HpoService.Training.Parallel;

/// <summary>Which of a training's processes this one is.</summary>
/// <param name="Rank">From 0, which leads.</param>
/// <param name="Processes">How many there are.</param>
/// <param name="Meeting">The file where they find each other; there is none yet.</param>
public sealed record Place(int Rank, int Processes, string Meeting);
