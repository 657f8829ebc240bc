using System.Text.RegularExpressions;
using HpoService.Training.Networks;
using HpoService.Training.Optimizers;
using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Weights.TransferSettings;

namespace HpoService.Training.Weights;

/// <summary>Starts a network from weights, freezes its first parts and lets the head learn faster.</summary>
internal static partial class Transfer
{
    /// <summary>Loads what the settings name, if they name anything.</summary>
    /// <returns>The names of tensors that started afresh.</returns>
    /// <exception cref="InvalidSettingsException">There is no such file, or none of its tensors fits.</exception>
    public static IReadOnlyList<string> Load(Network network, SettingValues settings, string? dataFolder)
    {
        if (settings[InitialWeights] is not { Length: > 0 } name)
            return [];
        var tensors = Safetensors.Read(Find(name, dataFolder));
        var fresh = Load(network, tensors);
        return fresh.Count < tensors.Count && network.named_parameters().Any(p => tensors.ContainsKey(p.name) && !fresh.Contains(p.name))
            ? fresh
            : throw new InvalidSettingsException("/initialWeights", $"initialWeights must have tensors of this network, but got none that fits in {name}.");
    }

    /// <summary>Copies the tensors whose names and shapes agree; the names of the others.</summary>
    public static IReadOnlyList<string> Load(Network network, IReadOnlyDictionary<string, WeightTensor> tensors)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        var fresh = new List<string>();
        foreach (var (name, tensor) in Tensors(network))
            if (tensors.TryGetValue(name, out var weights) && tensor.shape.SequenceEqual(weights.Shape))
                tensor.copy_(torch.tensor(weights.Values, tensor.shape));
            else
                fresh.Add(name);
        return fresh;
    }

    /// <summary>A network's tensors, to be written.</summary>
    public static Dictionary<string, WeightTensor> Save(Network network)
    {
        using var scope = torch.NewDisposeScope();
        return Tensors(network).ToDictionary(t => t.Name, t => new WeightTensor(t.Tensor.shape, t.Tensor.detach().to_type(torch.float32).contiguous().data<float>().ToArray()));
    }

    /// <summary>What is trained: the head, and the rest at its own rate; frozen parts are in no group and need no gradient.</summary>
    public static IReadOnlyList<ParameterGroup> Groups(Network network, SettingValues settings)
    {
        var frozen = Frozen(network, settings[FreezeLayers]);
        var head = $"{network.Head}.";
        foreach (var (name, parameter) in network.named_parameters())
            parameter.requires_grad = !frozen.Any(part => name.StartsWith($"{part}.", StringComparison.Ordinal) || name == part);
        var trained = network.named_parameters().Where(p => p.parameter.requires_grad).ToArray();
        return settings[FineTuneRate] == 1
            ? [new ParameterGroup([.. trained.Select(p => p.parameter)])]
            :
            [
                new ParameterGroup([.. trained.Where(p => !p.name.StartsWith(head, StringComparison.Ordinal)).Select(p => p.parameter)], settings[FineTuneRate]),
                new ParameterGroup([.. trained.Where(p => p.name.StartsWith(head, StringComparison.Ordinal)).Select(p => p.parameter)]),
            ];
    }

    private static string[] Frozen(Network network, int count)
    {
        var parts = network.named_parameters().Select(p => p.name.Split('.')[0]).Distinct().Where(p => p != network.Head).ToArray();
        return count < 0 ? parts : count <= parts.Length ? parts[..count]
            : throw new InvalidSettingsException("/freezeLayers", $"freezeLayers must be at most the number of parts without the head, {parts.Length} ({string.Join(", ", parts)}), but got {count}.");
    }

    private static IEnumerable<(string Name, torch.Tensor Tensor)> Tensors(Network network) =>
        network.named_parameters().Select(p => (p.name, (torch.Tensor)p.parameter)).Concat(network.named_buffers().Select(b => (b.name, b.buffer)));

    private static string Find(string name, string? dataFolder)
    {
        var match = Name().Match(name);
        if (dataFolder is null || !match.Success)
            throw new InvalidSettingsException("/initialWeights", $"initialWeights must be the name of a file in weights of the data folder, or trial:STUDY-ID/NUMBER, but got '{name}'.");
        var path = match.Groups["study"].Success
            ? Path.Combine(dataFolder, "trials", match.Groups["study"].Value, match.Groups["trial"].Value, "artifacts", TrainedModel.WeightsFile)
            : Path.Combine(dataFolder, "weights", name);
        return File.Exists(path) ? path : throw new InvalidSettingsException("/initialWeights", $"initialWeights must name weights that are there, but got '{name}'.");
    }

    // A plain file name: nothing that could lead out of the folder.
    [GeneratedRegex(@"^(trial:(?<study>\d{1,18})/(?<trial>\d{1,9})|[A-Za-z0-9][A-Za-z0-9._-]{0,200})$")]
    private static partial Regex Name();
}
