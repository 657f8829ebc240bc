using HpoService.Training.DataSets;

namespace HpoService.Training.Tests;

public sealed class DataSetTests
{
    private static readonly long[] Labels = [.. Enumerable.Range(0, 100).Select(i => i % 10 == 0 ? 1L : 0L)];

    [Fact]
    public void The_digits_are_1797_images_in_three_parts_with_every_class_in_each()
    {
        var digits = DataSetRegistry.Get("digits").Prepare(new DataOptions());
        Assert.Equal(1797, digits.Train.Count + digits.Validation.Count + digits.Test.Count);
        Assert.InRange(digits.Train.Count, 1070, 1090);
        Assert.All([digits.Train, digits.Validation, digits.Test], part => Assert.Equal(10, part.Labels.Distinct().Count()));
        Assert.Equal([1, 8, 8], digits.Shape.Sizes);
    }

    [Fact]
    public void Normalisation_is_fitted_to_the_training_part_alone()
    {
        var set = Table([.. Enumerable.Range(0, 100).SelectMany(i => new[] { (float)i, 5f })], 2, Labels).Prepare(new DataOptions());
        var train = set.Train.Features.Where((_, i) => i % 2 == 0).ToArray();
        Assert.Equal(0, train.Average(), 5);
        Assert.Equal(1, Math.Sqrt(train.Average(v => v * v)), 5);
        Assert.NotEqual(0, set.Test.Features.Where((_, i) => i % 2 == 0).Average(), 5);
        Assert.All(set.Train.Features.Where((_, i) => i % 2 == 1), constant => Assert.Equal(0, constant));
    }

    [Fact]
    public void A_category_becomes_a_number_for_each_and_what_is_missing_the_mean_or_no_category()
    {
        float[] values = [.. Enumerable.Range(0, 100).SelectMany(i => i == 0 ? new[] { float.NaN, float.NaN } : [i % 2 * 2f, i % 3])];
        var raw = Table(values, 2, new long[100]) with { Columns = [new Column("a"), new Column("b", ["x", "y", "z"])] };
        var normalization = Normalization.Fit(raw, [.. Enumerable.Range(1, 96)], "standard");
        Assert.Equal([4], normalization.Sizes);
        Assert.Equal([0, 0, 0, 0], normalization.Apply(values, [0]));
        Assert.Equal([1, 0, 1, 0], normalization.Apply(values, [1]));
        Assert.Equal([-1, 0, 0, 1], normalization.Apply(values, [2]));
    }

    [Fact]
    public void A_split_keeps_every_class_and_is_the_same_for_the_same_seed()
    {
        var (split, again, other) = (Splits.Stratified(Labels, 0.2, 0.2, 1), Splits.Stratified(Labels, 0.2, 0.2, 1), Splits.Stratified(Labels, 0.2, 0.2, 2));
        Assert.Equal(split.Train, again.Train);
        Assert.NotEqual(split.Train, other.Train);
        Assert.Equal([6, 2, 2], new[] { split.Train, split.Validation, split.Test }.Select(part => part.Count(i => Labels[i] == 1)));
        Assert.Equal(Enumerable.Range(0, 100), split.Train.Concat(split.Validation).Concat(split.Test).Order());
    }

    [Fact]
    public void Folds_validate_every_sample_once_with_every_class_in_each_fold()
    {
        var folds = Enumerable.Range(0, 5).Select(fold => Splits.Fold(Labels, 5, fold, 0, 3)).ToArray();
        Assert.Equal(Enumerable.Range(0, 100), folds.SelectMany(f => f.Validation).Order());
        Assert.All(folds, f => Assert.Equal((2, 20, 80), (f.Validation.Count(i => Labels[i] == 1), f.Validation.Length, f.Train.Length)));
    }

    [Fact]
    public void A_text_s_targets_are_its_next_characters()
    {
        var raw = RawText.Of(string.Concat(Enumerable.Range(0, 40).Select(i => "abcde"[i % 5])));
        var data = raw.Prepare(new DataOptions { Context = 4 });
        Assert.Equal(5, data.Shape.Outputs);
        Assert.Equal((5, 1), (data.Train.Count, data.Validation.Count));
        Assert.Equal(data.Train.Tokens.Skip(1), data.Train.Labels.SkipLast(1));
        Assert.Equal([.. "abcd".Select(c => (long)(c - 'a'))], data.Train.Tokens[..4]);
    }

    [Fact]
    public void A_forecast_s_windows_lie_before_their_targets_and_no_target_is_in_two_parts()
    {
        var raw = new RawSeries { Values = [.. Enumerable.Range(0, 100).Select(i => (float)i)], Columns = ["y"] };
        var data = raw.Prepare(new DataOptions { Context = 5, Horizon = 2 });
        var (train, validation, test) = (Targets(data.Train), Targets(data.Validation), Targets(data.Test));
        Assert.True(train.Max() < validation.Min() && validation.Max() < test.Min());
        Assert.Equal(99, test.Max(), 3);
        Assert.Equal([0, 1, 2, 3, 4], data.Train.Features[..5].Select(v => Math.Round(Raw(v))));
        Assert.Equal(5, train[0], 3);
        Assert.Equal(0, data.Train.Features.Concat(data.Train.Targets[^2..]).Distinct().Average(), 3); // scaled by what the training part shows

        double[] Targets(Samples part) => [.. part.Targets.Select(Raw)];
        double Raw(float v) => data.TargetScale[0].Mean + data.TargetScale[0].Deviation * v;
    }

    [Fact]
    public void A_split_that_leaves_nothing_is_refused()
    {
        Assert.Throws<InvalidSettingsException>(() => Table([1, 2], 1, [0, 1]).Prepare(new DataOptions()));
        Assert.Throws<InvalidSettingsException>(() => RawText.Of("short").Prepare(new DataOptions()));
        Assert.Throws<InvalidSettingsException>(() => new RawSeries { Values = [1, 2, 3], Columns = ["y"] }.Prepare(new DataOptions()));
        Assert.Equal("/validationFraction", Assert.Throws<InvalidSettingsException>(
            () => Ask.Train("mlp", """{"validationFraction": 0.6, "testFraction": 0.5}""")).Violations[0].Pointer);
    }

    private static RawSamples Table(float[] values, int d, long[] labels) => new(SampleKind.Table) { Sizes = [d], Values = values, Labels = labels };
}
