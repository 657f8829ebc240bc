using System.Diagnostics;
using System.Text.Json;
using HpoService.Search.Models;
using HpoService.Search.Studies;

namespace HpoService.Storage;

/// <summary>Where nothing of the training room is near: there are no data sets, and no model can be used.</summary>
internal sealed class NoDesk : IDataSetDesk, IPredictionDesk
{
    public IReadOnlyList<DataCard> List() => [];

    public DataCard? Find(string name) => null;

    public bool Ships(string name) => false;

    public Task<DataCard> AddAsync(DataSetUpload upload, CancellationToken cancellationToken) => throw Unavailable();

    public string? RequestOf(string name) => null;

    public void Remove(string name) => throw Unavailable();

    public Objective UsualObjective(GoalKind goal) => throw new UnreachableException("Only the goal of a data set is asked for.");

    public IReadOnlyList<ModelCard> Cards() => [];

    public Task<Predictions> PredictAsync(string folder, IReadOnlyList<JsonElement> rows, double mostSeconds, CancellationToken cancellationToken) => throw Unavailable();

    private static UnavailableException Unavailable() => new("training must be part of this program, but it is not.");
}
