using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>The studies that the writer remembers, also from one connection to the next: after a pause only what changed meanwhile is read.
/// An epoch ends when somebody else may have written; what was remembered before is then looked at again before it is used.</summary>
internal sealed class StudyMemories
{
    private const int MaxStudies = 256;

    // Of all studies together: each takes some 60 bytes.
    private const int MaxVisitedAtRest = 2_000_000;
    private readonly Dictionary<long, StudyMemory> _studies = [];
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);
    private long _uses;

    /// <summary>Only ever grows.</summary>
    public long Epoch { get; private set; }

    public void Distrust()
    {
        Epoch++;
        _ids.Clear();
    }

    /// <summary>Whether a study's name is known in this epoch.</summary>
    public bool IsKnown(string name, out long id) => _ids.TryGetValue(name, out id);

    /// <summary>What is remembered of a study, in whichever epoch; null = nothing.</summary>
    public StudyMemory? Of(long id) => _studies.GetValueOrDefault(id);

    /// <summary>Marks it as the last that was used.</summary>
    public StudyMemory Use(StudyMemory memory)
    {
        memory.LastUse = ++_uses;
        return memory;
    }

    /// <summary>Takes over a row as it stands in this epoch. Versions only grow: one that went back is a backup's, of which nothing is known.</summary>
    public StudyMemory Remember(StudyRow row)
    {
        _ids[row.Name] = row.Id;
        if (!_studies.TryGetValue(row.Id, out var memory) || row.Version < memory.Row.Version)
            _studies[row.Id] = memory = new StudyMemory(row);
        memory.Trials.Clear();
        (memory.Row, memory.Epoch) = (row, Epoch);
        return Use(memory);
    }

    /// <summary>Forgets the studies that were not used for longest while there are too many.</summary>
    public void Limit()
    {
        while (_studies.Count > MaxStudies)
            ForgetOldest();
    }

    /// <summary>Forgets more of them, as nobody may come back for long.</summary>
    public void Rest()
    {
        while (_studies.Values.Sum(s => (long)(s.Visited?.NextNumber ?? 0)) > MaxVisitedAtRest)
            ForgetOldest();
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _studies.Clear();
        Distrust();
    }

    private void ForgetOldest()
    {
        var oldest = _studies.Values.MinBy(s => s.LastUse)!;
        _studies.Remove(oldest.Row.Id);
        _ids.Remove(oldest.Row.Name);
    }
}
