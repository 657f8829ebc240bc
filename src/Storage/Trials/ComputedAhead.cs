using System.Collections.Concurrent;
using HpoService.Storage.Rows;

namespace HpoService.Storage;

/// <summary>Proposals of samplers that take their time, computed while trials run, for those who ask next.</summary>
/// <remarks>They are derived data: a restart computes them anew, and nothing counts against a budget before it is handed out. Each end of
/// a trial has them computed again with what is known by then. Until that is done, those at hand may lack as many of the latest results as other trials are
/// running or waited for, at most <see cref="MostUnknown"/>: as they would if those had ended later. Who runs one trial at a time waits for what knows all of them.</remarks>
/// <param name="compute">Proposes so many points of a study, in turn with whoever else has its sampler propose, unless what is at hand is as good.</param>
/// <param name="time">The clock.</param>
internal sealed class ComputedAhead(Func<long, int, Func<StudyRow, int, Proposal?>, Task<Proposal?>> compute, TimeProvider time)
{
    private const int MostUnknown = 4, MostAhead = 4;
    private static readonly TimeSpan Interest = TimeSpan.FromMinutes(1), UntilAsked = TimeSpan.FromMilliseconds(10);
    private readonly ConcurrentDictionary<long, Slot> _slots = new();

    // Whoever waits for an answer must find a processor free.
    private readonly SemaphoreSlim _processors = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>A part of what is at hand, for the trials that the study gets next; null when it does not suffice. It is the caller's alone.</summary>
    /// <param name="write">The study.</param>
    /// <param name="count">How many points.</param>
    /// <param name="others">How many other clients wait for trials of the study.</param>
    public Proposal? Take(StudyWrite write, int count, int others)
    {
        var row = write.Row;
        if (count > MostAhead || !_slots.TryGetValue(row.Id, out var slot))
            return null;
        lock (slot)
        {
            if (slot.Ready is not { } ready || row.NextNumber != ready.NextNumber + slot.Taken || row.EndedTrials() - ready.Ended > Math.Min(row.RunningTrials + others, MostUnknown)
                || ready.Points.Count < slot.Taken + count)
                return null;
            var (points, first) = (ready.Points.Skip(slot.Taken).Take(count).ToList(), row.NextNumber);
            // As many as became trials: one whose lease ran out may be handed out in place of a new one. Counted as taken, the others would be waited for without end.
            write.Turn.WhenAccepted(() => slot.Take(ready, row.NextNumber - first));
            return ready with { NextNumber = first, Asked = count, Points = points };
        }
    }

    /// <summary>Whether so many points are at hand, unless trials or results came that they do not know of.</summary>
    public bool Has(long id, int count)
    {
        if (count > MostAhead || !_slots.TryGetValue(id, out var slot))
            return false;
        lock (slot)
            return slot.Ready is { } ready && ready.Points.Count >= slot.Taken + count;
    }

    /// <summary>Keeps what a proposal has beyond what became trials, once that is accepted, for those who wait for their turn. Not while trials wait in the queue: a partial one
    /// would be filled with what is kept, and no new number would tell.</summary>
    public void KeepRest(StudyWrite write, Proposal proposal)
    {
        var row = write.Row;
        if (row.QueuedTrials == 0 && proposal.NextNumber + proposal.Points.Count > row.NextNumber)
            write.Turn.WhenAccepted(() => _slots.GetOrAdd(row.Id, _ => new Slot { AskedAt = time.GetTimestamp() }).Offer(proposal, row.NextNumber - proposal.NextNumber));
    }

    /// <summary>Says that somebody gets a trial, once that is accepted: who runs one at a time asks for no other before it has ended.</summary>
    public void HandedOut(StudyWrite write)
    {
        var row = write.Row;
        write.Turn.WhenAccepted(() => _slots.GetOrAdd(row.Id, _ => new Slot { AskedAt = time.GetTimestamp() }).HandedOut(row));
    }

    /// <summary>Says that somebody asks for trials of the study: from now on they are computed ahead.</summary>
    public void Expect(long id)
    {
        _slots.GetOrAdd(id, _ => new Slot()).AskedAt = time.GetTimestamp();
        Changed([id]);
    }

    /// <summary>Says that a transaction failed: what was taken in it was not stored.</summary>
    public void Forget()
    {
        foreach (var slot in _slots.Values)
            slot.Forget();
    }

    /// <summary>Says that studies have changed.</summary>
    public void Changed(IReadOnlyCollection<long> ids)
    {
        if (_slots.IsEmpty)
            return;
        foreach (var id in ids)
        {
            if (!_slots.TryGetValue(id, out var slot))
                continue;
            lock (slot)
            {
                slot.IsStale = true;
                if (slot.IsComputing)
                    continue;
                slot.IsComputing = true;
            }

            _ = Task.Run(() => ComputeAsync(id, slot));
        }
    }

    /// <summary>Whether a point is at hand for the study, and nothing under way.</summary>
    public bool IsReady(long id)
    {
        if (!_slots.TryGetValue(id, out var slot))
            return false;
        lock (slot)
            return slot is { IsComputing: false, IsStale: false } && slot.Ready?.Points.Count > slot.Taken;
    }

    private async Task ComputeAsync(long id, Slot slot)
    {
        try
        {
            while (await slot.BeginAsync())
            {
                await _processors.WaitAsync();
                try
                {
                    var proposal = await compute(id, MostAhead, slot.Known);
                    slot.Offer(proposal, 0);
                    if (proposal is null || time.GetElapsedTime(slot.AskedAt) > Interest)
                        _slots.TryRemove(KeyValuePair.Create(id, slot));
                }
                finally
                {
                    _processors.Release();
                }
            }
        }
        catch (Exception)
        {
            // Such as a deleted study, or a busy database: whoever asks next computes for himself, and is told what is wrong.
            _slots.TryRemove(KeyValuePair.Create(id, slot));
        }
    }

    private sealed class Slot
    {
        // How many trials had ended when the last one was handed out.
        private int? _ended;

        public Proposal? Ready { get; set; }

        public int Taken { get; set; }

        public bool IsStale { get; set; }

        public bool IsComputing { get; set; }

        public long AskedAt { get; set; }

        public void Take(Proposal of, int count)
        {
            lock (this)
            {
                if (ReferenceEquals(Ready, of))
                    Taken += count;
                else
                    Ready = null; // it was computed without knowing of those taken
            }
        }

        public void HandedOut(StudyRow row)
        {
            lock (this)
                _ended = row.EndedTrials();
        }

        /// <summary>What is at hand, unless it is short of half of so many points or something has ended that it does not know of. The points that were taken were its own.
        /// Nothing when none are asked for and nothing has ended since a trial was handed out.</summary>
        public Proposal? Known(StudyRow row, int asked)
        {
            lock (this)
            {
                if (Ready is { } ready && ready.NextNumber + Taken == row.NextNumber && ready.Ended == row.EndedTrials() && 2 * (ready.Points.Count - Taken) >= asked)
                    return ready;
                return asked == 0 && _ended == row.EndedTrials() ? Proposal.Nothing(row) : null;
            }
        }

        public void Forget()
        {
            lock (this)
                (Ready, Taken) = (null, 0);
        }

        /// <summary>Takes over what was computed, unless points of what is at hand were taken meanwhile: it does not know of those, and may repeat them.
        /// What is left of them is still good, and all is computed once more.</summary>
        public void Offer(Proposal? proposal, int taken)
        {
            lock (this)
            {
                if (proposal is not null && ReferenceEquals(proposal, Ready))
                    return;
                if (proposal is not null && Ready is { } ready && ready.NextNumber + Taken > proposal.NextNumber + taken)
                    IsStale = true;
                else
                    (Ready, Taken) = (proposal, taken);
            }
        }

        /// <summary>Whether there is something to compute; what changes from now on is for the next time.</summary>
        /// <remarks>Who has ended a trial asks for the next one: while there is one at hand that is waited for, or all would be computed twice.</remarks>
        public async ValueTask<bool> BeginAsync()
        {
            if (IsStale && Ready?.Points.Count > Taken)
                await Task.Delay(UntilAsked);
            lock (this)
            {
                IsComputing = IsStale;
                IsStale = false;
                return IsComputing;
            }
        }
    }
}
