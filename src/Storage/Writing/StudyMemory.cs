using HpoService.Search.Sampling;
using HpoService.Search.Spaces;
using HpoService.Search.Studies;
using HpoService.Storage.Rows;

namespace HpoService.Storage.Writing;

/// <summary>What the writer remembers of a study from transaction to transaction, so that a request reads nothing that it wrote itself.
/// True as long as nobody else writes, see <see cref="StudyMemories"/>.</summary>
internal sealed class StudyMemory(StudyRow row)
{
    private (DefinitionColumns Columns, StudyDefinition Definition)? _parsed;
    private PointwiseSampler? _sampler;

    public StudyRow Row { get; set; } = row;

    /// <summary>In which epoch it was last true.</summary>
    public long Epoch { get; set; }

    public long LastUse { get; set; }

    /// <summary>Trials that are open, or that were written in this transaction.</summary>
    public Dictionary<int, TrialRow> Trials { get; } = [];

    /// <summary>The visited points as of <see cref="VisitedVersion"/>; null = not read yet.</summary>
    public Visited? Visited { get; private set; }

    public long VisitedVersion { get; private set; }

    /// <summary>Parsed once for every content.</summary>
    public StudyDefinition Definition
    {
        get
        {
            var columns = DefinitionColumns.Of(Row);
            if (_parsed is not { } parsed || parsed.Columns != columns)
            {
                _parsed = parsed = (columns, columns.ToDefinition());
                _sampler = SamplerRegistry.Create(parsed.Definition.Sampler, parsed.Definition.Space, parsed.Definition.Objectives) as PointwiseSampler;
            }

            return parsed.Definition;
        }
    }

    /// <summary>The study's sampler when it needs no history.</summary>
    public PointwiseSampler? Sampler => Definition is null ? null : _sampler;

    /// <summary>Takes over points that were read as of a version of the study.</summary>
    public void Adopt(Visited? visited, long version) => (Visited, VisitedVersion) = (visited, version);

    /// <summary>Brings the visited points up to date with trials that changed.</summary>
    public void Visit(IEnumerable<TrialRow> changed, long version)
    {
        foreach (var trial in changed)
            Visited!.Set(trial.Number, PointOf(trial));
        VisitedVersion = version;
    }

    private static ParameterValues? PointOf(TrialRow trial) => trial.State == TrialState.Canceled ? null : trial.Parameters();
}
