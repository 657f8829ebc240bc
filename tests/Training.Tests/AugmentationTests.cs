using HpoService.Training.Augmentation;
using HpoService.Training.DataSets;
using TorchSharp;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class AugmentationTests
{
    private static readonly SampleShape Image = new(SampleKind.Image, GoalKind.Classification, [1, 6, 8], 2);
    private static readonly SampleShape Sequence = new(SampleKind.Sequence, GoalKind.Classification, [10, 2], 2);

    public static TheoryData<string> Names => [.. AugmentationRegistry.All.Select(a => a.Strength.Name)];

    [Theory, MemberData(nameof(Names))]
    public void An_augmentation_changes_a_batch_keeps_its_shape_and_follows_its_seed(string name)
    {
        using var scope = torch.NewDisposeScope();
        var shape = AugmentationRegistry.All.Single(a => a.Strength.Name == name).Kind == SampleKind.Image ? Image : Sequence;
        var strength = name is "rotation" or "shear" ? 30 : name == "crop" ? 2 : name.EndsWith("Flip", StringComparison.Ordinal) ? 1 : 0.5;
        torch.manual_seed(1);
        var x = torch.randn([16, .. shape.Sizes.Select(s => (long)s)]);
        var (first, second, other) = (Run(5), Run(5), Run(6));
        Assert.Equal(x.shape, first.shape);
        Assert.NotEqual(Values(x), Values(first));
        Assert.Equal(Values(first), Values(second));
        if (strength < 1 || name is "rotation" or "shear" or "crop")
            Assert.NotEqual(Values(first), Values(other));
        Assert.All(Values(first), v => Assert.True(float.IsFinite(v)));

        torch.Tensor Run(long seed)
        {
            torch.manual_seed(seed);
            return Augmenter.Of(shape, Ask.Settings($$"""{"{{name}}": {{strength}}}"""), seed)!.Apply(x);
        }
    }

    [Fact]
    public void Flips_exchange_sides_exactly()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.randn(3, 1, 6, 8);
        AssertNear(x.flip(3), Augmenter.Of(Image, Ask.Settings("""{"horizontalFlip": 1}"""), 1)!.Apply(x));
        AssertNear(x.flip(2), Augmenter.Of(Image, Ask.Settings("""{"verticalFlip": 1}"""), 1)!.Apply(x));
    }

    [Fact]
    public void A_crop_with_padding_moves_by_whole_pixels_and_fills_with_0()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.randn(40, 1, 6, 8);
        var cropped = Augmenter.Of(Image, Ask.Settings("""{"crop": 2}"""), 3)!.Apply(x);
        var padded = torch.nn.functional.pad(x, [2, 2, 2, 2]);
        for (var i = 0; i < 40; i++)
        {
            var image = cropped.narrow(0, i, 1);
            var misfits = from dy in Enumerable.Range(0, 5)
                          from dx in Enumerable.Range(0, 5)
                          select (padded.narrow(0, i, 1).narrow(2, dy, 6).narrow(3, dx, 8) - image).abs().max().ToDouble();
            Assert.True(misfits.Min() < 1e-4);
        }
    }

    [Fact]
    public void A_quarter_turn_turns_the_image()
    {
        using var scope = torch.NewDisposeScope();
        var square = new SampleShape(SampleKind.Image, GoalKind.Classification, [1, 5, 5], 2);
        var x = torch.randn(1, 1, 5, 5);
        // The angle is drawn: what is turned by it and back is the image again, away from the border.
        var turned = new Rotation().Map(90, new Random(1), 5, 5)!.Value;
        Assert.Equal(1, turned.GetDeterminant(), 5);
        Assert.Equal(0, turned.M31, 5);
        Assert.NotNull(Augmenter.Of(square, Ask.Settings("""{"rotation": 90}"""), 1)!.Apply(x));
    }

    [Fact]
    public void Cutout_clears_one_square_and_nothing_else()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([50, 1, 6, 8]);
        var cut = Values(Augmenter.Of(Image, Ask.Settings("""{"cutout": 0.5}"""), 2)!.Apply(x));
        Assert.All(cut, v => Assert.True(v is 0 or 1));
        var cleared = Enumerable.Range(0, 50).Select(i => cut.Skip(i * 48).Take(48).Count(v => v == 0)).ToArray();
        Assert.Equal(12, cleared.Max()); // 3 x 4 when it lies inside
        Assert.All(cleared, n => Assert.InRange(n, 1, 12));
    }

    [Fact]
    public void An_augmentation_for_other_samples_is_refused_by_name()
    {
        var e = Assert.Throws<InvalidSettingsException>(() => Augmenter.Of(Sequence, Ask.Settings("""{"rotation": 10}"""), 1));
        Assert.Equal("/rotation", e.Violations[0].Pointer);
        Assert.Null(Augmenter.Of(Sequence, Ask.Settings("{}"), 1));
    }

    [Fact]
    public void Augmented_images_train_a_network_that_still_knows_the_real_ones() =>
        Assert.True(Ask.Values("cnn", """{"epochs": 4, "rotation": 10, "translation": 0.1, "cutout": 0.2, "noise": 0, "learningRate": 0.005}""")["accuracy"] > 0.9);

    private static void AssertNear(torch.Tensor expected, torch.Tensor actual) => Assert.True((expected - actual).abs().max().ToDouble() < 1e-5);

    private static float[] Values(torch.Tensor t) => t.contiguous().data<float>().ToArray();
}
