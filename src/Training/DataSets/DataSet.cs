namespace HpoService.Training.DataSets;

/// <summary>A data set, ready for training: split, and normalised by its training part alone.</summary>
/// <param name="Shape">What a network takes and gives.</param>
/// <param name="Train">What parameters are fitted to.</param>
/// <param name="Validation">What a trial is judged by.</param>
/// <param name="Test">What is reported at the end and never searched over.</param>
/// <param name="Classes">The classes' names; empty when there are none.</param>
/// <param name="Normalization">What turns raw samples into these.</param>
/// <param name="TargetScale">Of targets that are numbers: raw = mean + deviation·target, for each output.</param>
public sealed record DataSet(
    SampleShape Shape, Samples Train, Samples Validation, Samples Test, IReadOnlyList<string> Classes, Normalization Normalization,
    IReadOnlyList<(double Mean, double Deviation)> TargetScale)
{
    /// <summary>What new samples must look like.</summary>
    public required InputCard Inputs { get; init; }
}

/// <summary>One part of a data set.</summary>
/// <param name="Features">Shape [n, …]; empty for tokens.</param>
/// <param name="Tokens">Shape [n, time] for text, else empty.</param>
/// <param name="Labels">Classes, shape [n], or next tokens, shape [n, time].</param>
/// <param name="Targets">Numbers, shape [n, outputs].</param>
/// <param name="Lengths">How much of each sequence is not padding; empty = all of it.</param>
/// <param name="Count">n.</param>
public sealed record Samples(float[] Features, long[] Tokens, long[] Labels, float[] Targets, long[] Lengths, int Count)
{
    /// <summary>The features, where they are read when they are needed; null = they are all there.</summary>
    public SampleRows? Rows { get; init; }
}
