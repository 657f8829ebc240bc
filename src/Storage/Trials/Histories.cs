using System.Collections;
using System.Collections.Concurrent;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;
using Microsoft.EntityFrameworkCore;

namespace HpoService.Storage;

/// <summary>Snapshots of studies for samplers and pruners; each call reads only what changed since the last one.</summary>
/// <param name="withMeasurements">Whether trials carry all their measurements, with the first objective's value alone, for pruners; or only the latest.</param>
internal sealed class Histories(bool withMeasurements)
{
    // As many studies as are likely to be worked on at once; more only cost time.
    private const int MaxStudies = 64;

    // Of all studies but the one that was asked for last.
    private const long MaxMeasurements = 3_000_000;
    private static readonly Dictionary<string, double> NoValue = [];
    private readonly ConcurrentDictionary<long, Known> _known = new();
    private long _uses;

    /// <summary>The history as of the study row's version or a little later; with measurements within one snapshot.</summary>
    public async Task<StudyHistory> GetAsync(HpoDbContext db, StudyRow study, StudyDefinition definition, CancellationToken cancellationToken)
    {
        var known = _known.GetValueOrDefault(study.Id) ?? new Known(0, new StudyHistory(definition.Space, definition.Objectives, []) { Constraints = definition.Constraints }, []);
        known.LastUse = Interlocked.Increment(ref _uses);
        if (known.Version == study.Version)
            return known.History;
        var changed = db.Trials.AsNoTracking().Where(t => t.StudyId == study.Id && t.Version > known.Version).OrderBy(t => t.Number).Select(t => new TrialRow
        {
            Number = t.Number, State = t.State, ParametersJson = t.ParametersJson, Attempt = t.Attempt, ValuesJson = t.ValuesJson,
            LatestMeasurementJson = t.LatestMeasurementJson, IsFeasible = t.IsFeasible,
        });
        var measured = withMeasurements ? await MeasuredAsync(db, study.Id, known.Version, definition.Objectives[0].Metric, cancellationToken) : null;
        var (trials, attempts) = (known.History.Trials.ToList(), known.Attempts.ToList());
        await foreach (var row in changed.AsAsyncEnumerable().WithCancellation(cancellationToken)) // one by one: there may be 100,000
        {
            if (row.Number == trials.Count)
            {
                trials.Add(row.ToSnapshot(measured?[row.Number].ToList()));
                attempts.Add(row.Attempt);
                continue;
            }

            // A new attempt starts without the measurements of the one before.
            var before = row.Attempt == attempts[row.Number] ? trials[row.Number].Measurements : [];
            trials[row.Number] = row.ToSnapshot(measured is null ? null : Merge(before, measured[row.Number]));
            attempts[row.Number] = row.Attempt;
        }

        var history = known.History with { Trials = trials };
        _known[study.Id] = new Known(study.Version, history, attempts) { LastUse = known.LastUse };
        while (_known.Count > MaxStudies || _known.Count > 1 && _known.Values.Sum(k => k.Measurements) > MaxMeasurements)
            Forget(_known.MinBy(k => k.Value.LastUse).Key);
        return history;
    }

    /// <summary>Forgets a study that needs no more trials.</summary>
    public void Forget(long studyId) => _known.TryRemove(studyId, out _);

    private static async Task<ILookup<int, Measurement>> MeasuredAsync(HpoDbContext db, long id, long version, string metric, CancellationToken cancellationToken) =>
        (await db.Measurements.AsNoTracking().Where(m => m.StudyId == id && m.Version > version).OrderBy(m => m.Step).ToListAsync(cancellationToken))
            .ToLookup(m => m.Number, m => m.ToMeasurement() is var all && all.Values.TryGetValue(metric, out var value)
                ? all with { Values = new OneValue(metric, value) } : all with { Values = NoValue });

    private static List<Measurement> Merge(IReadOnlyList<Measurement> before, IEnumerable<Measurement> news)
    {
        var steps = new SortedDictionary<long, Measurement>();
        foreach (var measurement in before.Concat(news))
            steps[measurement.Step] = measurement;
        return [.. steps.Values];
    }

    /// <summary>A dictionary of one value, of which there are millions.</summary>
    private sealed class OneValue(string metric, double value) : IReadOnlyDictionary<string, double>
    {
        public int Count => 1;

        public IEnumerable<string> Keys => [metric];

        public IEnumerable<double> Values => [value];

        public double this[string key] => TryGetValue(key, out var found) ? found : throw new KeyNotFoundException($"There is no value of '{key}'.");

        public bool ContainsKey(string key) => key == metric;

        public bool TryGetValue(string key, out double found)
        {
            found = key == metric ? value : 0;
            return key == metric;
        }

        public IEnumerator<KeyValuePair<string, double>> GetEnumerator() => Enumerable.Repeat(KeyValuePair.Create(metric, value), 1).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed record Known(long Version, StudyHistory History, IReadOnlyList<int> Attempts)
    {
        public long LastUse { get; set; }

        public long Measurements { get; } = History.Trials.Sum(t => (long)t.Measurements.Count);
    }
}
