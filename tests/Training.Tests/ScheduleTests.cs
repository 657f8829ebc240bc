using HpoService.Training.Schedules;

namespace HpoService.Training.Tests;

/// <summary>Rates of torch.optim.lr_scheduler; see Golden/make_golden.py.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData("constant", """{"schedule": "constant"}""")]
    [InlineData("step", """{"schedule": "step", "stepEpochs": 7, "gamma": 0.3}""")]
    [InlineData("multiStep", """{"schedule": "multiStep", "milestones": "4,11,20", "gamma": 0.5}""")]
    [InlineData("exponential", """{"schedule": "exponential", "gamma": 0.9}""")]
    [InlineData("cosine", """{"schedule": "cosine", "rateFloor": 0.05}""")]
    [InlineData("cosineRestarts", """{"schedule": "cosine", "rateFloor": 0.1, "cosineEpochs": 4, "cosineGrowth": 2}""")]
    [InlineData("triangular", """{"schedule": "cyclic", "cycleLow": 0.2, "cycleEpochs": 5}""")]
    [InlineData("triangular2", """{"schedule": "cyclic", "cycleLow": 0.2, "cycleEpochs": 5, "cycleMode": "triangular2"}""")]
    [InlineData("expRange", """{"schedule": "cyclic", "cycleLow": 0.2, "cycleEpochs": 5, "cycleMode": "expRange", "cycleGamma": 0.95}""")]
    [InlineData("oneCycle", """{"schedule": "oneCycle", "riseFraction": 0.25, "startDivisor": 20, "endDivisor": 100}""", 31)]
    [InlineData("warmup", """{"schedule": "exponential", "gamma": 0.9, "warmupEpochs": 5, "warmupStart": 0.2}""")]
    public void A_schedule_gives_the_rates_of_Python_s_torch(string name, string settings, int epochs = 30)
    {
        var schedule = ScheduleRegistry.Create(Ask.Settings(settings), new TrainingLength(1, epochs));
        Golden.AssertClose(Golden.Root.GetProperty("schedules").GetProperty(name).Numbers(), [.. Enumerable.Range(0, 30).Select(schedule.Factor)], 1e-9);
    }

    [Fact]
    public void A_plateau_reduces_the_rate_when_Python_s_torch_does()
    {
        double[] losses = [1.0, 0.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8, 0.8, 0.8, .. Enumerable.Repeat(0.8, 20)];
        var schedule = ScheduleRegistry.Create(
            Ask.Settings("""{"schedule": "reduceOnPlateau", "plateauFactor": 0.5, "plateauPatience": 2, "plateauThreshold": 0.001}"""), new TrainingLength(1, 30));
        var rates = new List<double>();
        for (var i = 0; i < losses.Length; i++)
        {
            rates.Add(schedule.Factor(i));
            schedule.Observe(losses[i]);
        }

        Golden.AssertClose(Golden.Root.GetProperty("schedules").GetProperty("reduceOnPlateau").Numbers(), rates, 1e-9);
    }

    [Fact]
    public void Schedules_by_epoch_hold_still_within_an_epoch_and_others_move()
    {
        var length = new TrainingLength(10, 30);
        var step = ScheduleRegistry.Create(Ask.Settings("""{"schedule": "step", "stepEpochs": 1}"""), length);
        Assert.Equal([1, 1, 0.1], new[] { 0, 9, 10 }.Select(step.Factor));
        var cosine = ScheduleRegistry.Create(Ask.Settings("""{"schedule": "cosine"}"""), length);
        Assert.True(cosine.Factor(9) < cosine.Factor(0));
        Assert.Equal(0.5, cosine.Factor(150), 9);
    }

    [Fact]
    public void Warm_up_and_schedule_together_are_as_long_as_the_training()
    {
        var schedule = ScheduleRegistry.Create(Ask.Settings("""{"schedule": "cosine", "warmupEpochs": 3}"""), new TrainingLength(4, 10));
        Assert.Equal(1, schedule.Factor(12), 9);
        Assert.Equal(0.5, schedule.Factor(12 + 14), 9);
        Assert.Equal(0, schedule.Factor(40), 9);
    }
}
