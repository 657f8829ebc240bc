using Microsoft.Extensions.Hosting;

namespace HpoService.Worker.Tests;

public sealed class WorkerLifetimeTests
{
    [Fact]
    public async Task No_more_slots_are_taken_than_there_are_by_whoever_asks_at_the_same_time()
    {
        var lifetime = new WorkerLifetime(new Lifetime());
        for (var round = 0; round < 200; round++)
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => lifetime.TryOccupy(3))));
            Assert.Equal((3, 3), (taken.Count(t => t), lifetime.Occupied));
            for (var i = 0; i < 3; i++)
                lifetime.Free();
        }

        Assert.True(lifetime.TryOccupy(1));
        Assert.False(lifetime.TryOccupy(1));
        lifetime.Free();
        Assert.True(lifetime.TryOccupy(1));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new NotSupportedException();
    }
}
