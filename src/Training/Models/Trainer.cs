using HpoService.Distributed;
using HpoService.Search.Studies;
using HpoService.Training.DataSets;
using HpoService.Training.Loop;
using HpoService.Training.Networks;
using HpoService.Training.Parallel;
using HpoService.Training.Settings;
using HpoService.Training.Weights;
using TorchSharp;

namespace HpoService.Training.Models;

/// <summary>Answers a request: one training, or one for each fold and repeat.</summary>
internal sealed class Trainer(IModel model, TrainingRequest request)
{
    private readonly SettingValues _settings = SettingValues.Of(request, ModelRegistry.SettingsOf(model), ModelRegistry.RulesOf(model));

    public TrainingOutcome Train(Func<Measurement, bool> report, CancellationToken cancellationToken)
    {
        var raw = DataSetCatalog.Get(request.DataSet ?? "digits", request.DataFolder, (long)_settings[DataSettings.StreamAbove] << 20);
        if (!model.Takes(raw.Kind, raw.Goal))
            throw new InvalidSettingsException("/dataset", $"{model.Name} must be given data that it takes, but got {request.DataSet}: {raw.Kind}, {raw.Goal}.");
        try
        {
            using var team = Team.Of(_settings, request.Place);
            var outcome = Rounds(raw, report, team, cancellationToken);
            team.Leave();
            return outcome;
        }
        catch (Exception e) when (_settings[ParallelismSetting.Setting].Processes > 1 && ProcessGroupException.IsTimeout(e))
        {
            throw new TimeoutException($"another process must answer within parallelism.timeoutSeconds, but got: {e.Message}", e);
        }
    }

    private TrainingOutcome Rounds(RawData raw, Func<Measurement, bool> report, Team team, CancellationToken cancellationToken)
    {
        var (folds, repeats) = (_settings[DataSettings.Folds], _settings[LoopSettings.Repeats]);
        if (folds * repeats == 1 || _settings[DataSettings.TrainOn] == "all")
            return Once(DataSetCatalog.Prepare(raw, DataSettings.Options(_settings, 0)), request.Seed, request.ArtifactFolder, report, team, cancellationToken);
        var rounds = new List<IReadOnlyDictionary<string, double>>();
        for (var round = 0; round < folds * repeats; round++)
        {
            var outcome = Once(DataSetCatalog.Prepare(raw, DataSettings.Options(_settings, round % folds)), request.Seed + round * 7919, round == 0 ? request.ArtifactFolder : null, _ => true, team, cancellationToken);
            if (outcome is not TrainingOutcome.Completed(var values))
                return outcome;
            rounds.Add(values);
            if (team.Told(team.Leads && report(new Measurement(round + 1, Means(rounds))) ? 1 : 0) == 0)
                return new TrainingOutcome.Stopped();
        }

        return new TrainingOutcome.Completed(Means(rounds));
    }

    private TrainingOutcome Once(DataSet data, long seed, string? artifacts, Func<Measurement, bool> report, Team team, CancellationToken cancellationToken)
    {
        torch.manual_seed(seed);
        using var network = model.Build(data.Shape, _settings);
        Initialization.Apply(network, _settings[Initialization.Kind]);
        Transfer.Load(network, _settings, request.DataFolder);
        var loop = new TrainingLoop(network, Transfer.Groups(network, _settings), data, _settings, seed, team);
        var outcome = loop.Train(report, cancellationToken);
        if (artifacts is not null && team.Leads && outcome is TrainingOutcome.Completed(var values))
            TrainedModel.Write(artifacts, network, request, data, _settings, values, loop);
        return outcome;
    }

    // The mean of each value, and its deviation (n − 1) once there are two.
    private static Dictionary<string, double> Means(List<IReadOnlyDictionary<string, double>> rounds)
    {
        var means = new Dictionary<string, double>();
        foreach (var name in rounds[0].Keys)
        {
            var values = rounds.Select(r => r[name]).ToArray();
            means[name] = values.Average();
            if (values.Length > 1)
                means[$"{name}Std"] = Math.Sqrt(values.Sum(v => (v - means[name]) * (v - means[name])) / (values.Length - 1));
        }

        return means;
    }
}
