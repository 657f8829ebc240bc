using HpoService.Search.Sampling.GaussianProcess;

namespace HpoService.Search.Tests.Sampling.GaussianProcess;

public sealed class ObservationsTests
{
    [Theory, InlineData(1_000), InlineData(10_000), InlineData(100_000), InlineData(1_000_000)]
    public void However_many_trials_there_are_few_come_on_top_of_those_that_the_model_was_fitted_to(int count)
    {
        foreach (var settled in new[] { 0, count / 2, count - 1, count })
            Assert.InRange(count - Observations.FittedOf(count, settled), 0, 1_023);
    }
}
