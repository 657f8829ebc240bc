using HpoService.Training.DataSets;

namespace HpoService.Training.Tests;

public sealed class DataSetTests
{
    [Fact]
    public void The_digits_are_1797_images_in_three_parts_with_every_class_in_each()
    {
        var digits = DataSetRegistry.Get("digits");
        Assert.Equal(1797, digits.Train.Count + digits.Validation.Count + digits.Test.Count);
        Assert.InRange(digits.Train.Count, 1070, 1090);
        Assert.All([digits.Train, digits.Validation, digits.Test], part => Assert.Equal(10, part.Labels.Distinct().Count()));
    }

    [Fact]
    public void Normalisation_is_fitted_to_the_training_part_alone()
    {
        float[][] features = [.. Enumerable.Range(0, 100).Select(i => new[] { (float)i, 5f })];
        var set = DataSet.Split(features, [.. Enumerable.Range(0, 100).Select(i => i % 2)], seed: 1);
        var train = set.Train.Features.Where((_, i) => i % 2 == 0).ToArray();
        Assert.Equal(0, train.Average(), 5);
        Assert.Equal(1, Math.Sqrt(train.Average(v => v * v)), 5);
        Assert.NotEqual(0, set.Test.Features.Where((_, i) => i % 2 == 0).Average(), 5);
        Assert.All(set.Train.Features.Where((_, i) => i % 2 == 1), constant => Assert.Equal(0, constant));
    }
}
