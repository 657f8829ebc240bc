namespace HpoService.Training.DataSets;

/// <summary>One long text, a token a character (of Unicode, not half of one); a sample is a stretch of it with the stretch that begins one later.</summary>
public sealed record RawText : RawData
{
    /// <inheritdoc/>
    public override SampleKind Kind => SampleKind.Text;

    /// <inheritdoc/>
    public override GoalKind Goal => GoalKind.NextToken;

    /// <inheritdoc/>
    public override int Count => Tokens.Length;

    /// <summary>Positions in <see cref="Vocabulary"/>.</summary>
    public required int[] Tokens { get; init; }

    /// <summary>The characters that occur, in ordinal order.</summary>
    public required IReadOnlyList<string> Vocabulary { get; init; }

    /// <summary>A text's characters as tokens.</summary>
    public static RawText Of(string text)
    {
        var characters = text.EnumerateRunes().ToArray();
        var vocabulary = characters.Distinct().Order().ToArray();
        var numbers = vocabulary.Select((c, i) => (c, i)).ToDictionary(p => p.c, p => p.i);
        return new RawText { Tokens = [.. characters.Select(c => numbers[c])], Vocabulary = [.. vocabulary.Select(c => c.ToString())] };
    }

    /// <inheritdoc/>
    public override DataSet Prepare(DataOptions options)
    {
        var (first, second) = ((int)(Tokens.Length * (1 - options.Validation - options.Test)), (int)(Tokens.Length * (1 - options.Test)));
        if (options.TrainOnAll)
            (first, second) = (Tokens.Length, Tokens.Length);
        var parts = options.TrainOnAll ? [Part(0, first, options.MaxTrain), Part(0, first), Part(first, first)] : new[] { Part(0, first, options.MaxTrain), Part(first, second), Part(second, Tokens.Length) };
        if (parts[0].Count == 0 || parts[1].Count == 0)
            throw new InvalidSettingsException("/context", $"context must leave samples in both the training and the validation part, but got {options.Context} for {first} and {second - first} tokens.");
        return new DataSet(
            new SampleShape(Kind, Goal, [options.Context], Vocabulary.Count), parts[0], parts[1], parts[2], Vocabulary, Normalization.None([options.Context]), [])
        {
            Inputs = new InputCard([], [], [], []),
        };

        Samples Part(int start, int end, int most = 0)
        {
            var n = Math.Max(0, (end - start - 1) / options.Context);
            if (most > 0)
                n = Math.Min(n, most);
            long[] Stretch(int shift) => [.. Tokens.AsSpan(start + (n == 0 ? 0 : shift), n * options.Context).ToArray().Select(t => (long)t)];
            return new Samples([], Stretch(0), Stretch(1), [], [], n);
        }
    }
}
