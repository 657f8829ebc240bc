using System.Globalization;
using HpoService.Search.Studies;
using HpoService.Storage;
using HpoService.Training;
using HpoService.Training.Parallel;

namespace HpoService.Worker.Processes;

/// <summary>An attempt of a training runner in several processes, one of which leads: it reports, and hears of stops; the others follow it.</summary>
/// <remarks>All of them are this process' children: each ends when this one does. When one breaks, all others are ended.</remarks>
internal sealed class TeamAttempt(TrialProcessPool pool, TrainingRequest request, Parallelism how, TrialLog log) : IAttempt
{
    /// <summary>How long the others of a broken team are waited for, so that who died first is known from who was left alone.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly TrialProcess[] _processes = Rent(pool, how.Processes);
    private bool _isIdle;

    /// <summary>Of the ranks, in their order.</summary>
    public IEnumerable<int> ProcessIds => _processes.Select(p => p.Id);

    public bool KeepsWork => false;

    public async Task<Message> RunAsync(Func<Measurement, Task> report, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("hpo-team-"); // of this user alone
        try
        {
            var meeting = Path.Combine(folder.FullName, "meeting");
            var ranks = _processes.Select((process, rank) => process.TrainAsync(
                request with { Place = new Place(rank, how.Processes, meeting), ArtifactFolder = rank == 0 ? request.ArtifactFolder : null },
                measurement => rank == 0 ? ReportAsync(measurement, report) : Task.CompletedTask, cancellationToken)).ToArray();
            var first = await FirstOddAsync(ranks);
            if (first is not null)
                await SettleAsync(ranks);
            _isIdle = ranks.All(r => r.IsCompletedSuccessfully) && (await Task.WhenAll(ranks)).All(m => m.Failed is null);
            return await (first is null || _isIdle ? ranks[0] : ReasonAsync(ranks, first));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public void Stop() => _processes[0].Stop();

    public void Dispose()
    {
        foreach (var process in _processes)
            pool.Return(process, _isIdle);
        log.Dispose();
    }

    private Task ReportAsync(Measurement measurement, Func<Measurement, Task> report)
    {
        log.Write($"step {measurement.Step}: {string.Join(", ", measurement.Values.Select(v => $"{v.Key} = {v.Value:G6}"))}");
        return report(measurement);
    }

    // The first that could not do what it was asked to; null when all of them could.
    private static async Task<Task<Message>?> FirstOddAsync(Task<Message>[] ranks)
    {
        var left = ranks.ToList();
        while (left.Count > 0)
        {
            var done = await Task.WhenAny(left);
            left.Remove(done);
            if (await done is not { Failed: null, Infeasible: null })
                return done;
        }

        return null;
    }

    private static async Task SettleAsync(Task<Message>[] ranks)
    {
        try
        {
            await Task.WhenAll(ranks).WaitAsync(Grace);
        }
        catch (TimeoutException)
        {
            // Some wait for one that will not come: they are ended.
        }
    }

    // One that died tells more than one that lost touch with it; and of one that hangs only the others tell.
    private async Task<Message> ReasonAsync(Task<Message>[] ranks, Task<Message> first)
    {
        var dead = Array.FindIndex(_processes, p => !p.IsAlive);
        if (dead < 0 && await HungAsync(ranks) is { Length: > 0 } hung)
            return new Message(Failed: string.Create(CultureInfo.InvariantCulture,
                $"rank {string.Join(" and ", hung)} of {how.Processes} hung: the others waited in vain for its answer (parallelism.timeoutSeconds is {how.Timeout.TotalSeconds}, at the start {how.Start.TotalSeconds})"));
        var rank = dead >= 0 && ranks[dead].IsCompletedSuccessfully ? dead : Array.IndexOf(ranks, first);
        var message = await ranks[rank];
        return message.Failed is { } reason ? new Message(Failed: $"rank {rank} of {how.Processes} broke: {reason}") : message;
    }

    // Those that are silent still, where another one has waited in vain.
    private static async Task<int[]> HungAsync(Task<Message>[] ranks)
    {
        var hasWaited = false;
        foreach (var said in ranks.Where(r => r.IsCompletedSuccessfully))
            hasWaited |= (await said).HasWaited;
        return hasWaited ? [.. ranks.Index().Where(r => !r.Item.IsCompleted).Select(r => r.Index)] : [];
    }

    private static TrialProcess[] Rent(TrialProcessPool pool, int size)
    {
        var rented = new List<TrialProcess>();
        try
        {
            while (rented.Count < size)
                rented.Add(pool.Rent());
            return [.. rented];
        }
        catch
        {
            rented.ForEach(p => pool.Return(p, isIdle: true));
            throw;
        }
    }
}
