using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;

namespace HpoService.Worker.Processes;

/// <summary>An attempt of a training runner: in a warm process, which the next attempt may use again.</summary>
internal sealed class TrainingAttempt(TrialProcessPool pool, TrainingRequest request, TrialLog log) : IAttempt
{
    private readonly TrialProcess _process = pool.Rent();
    private bool _isIdle;

    public bool KeepsWork => false;

    public async Task<Message> RunAsync(Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        var message = await _process.TrainAsync(request, measurement =>
        {
            log.Write($"step {measurement.Step}: {string.Join(", ", measurement.Values.Select(v => $"{v.Key} = {v.Value:G6}"))}");
            return report(measurement);
        }, cancellationToken);
        _isIdle = message.Failed is null;
        return message;
    }

    public void Stop() => _process.Stop();

    public void Dispose()
    {
        pool.Return(_process, _isIdle);
        log.Dispose();
    }
}
