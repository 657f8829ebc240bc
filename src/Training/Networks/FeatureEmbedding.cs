using HpoService.Search.Numerics;
using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Networks;

/// <summary>Numbers of a table as vectors, categories as they are (Gorishniy et al., arXiv 2203.05556): each number becomes terms, sines and cosines of learned frequencies or
/// its place among fixed bins, and these a vector by a layer of the number's own, with relu.</summary>
/// <remarks>Bins are quantiles of the standard normal distribution, as numbers are normalised before: quantile bins of section 3.2 where <c>normalization</c> is quantile.</remarks>
internal sealed class FeatureEmbedding : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    public static readonly ChoiceSetting Kind = new(
        "featureEmbedding", "Tables: how each number enters: as it is, by sines of learned frequencies, or by its place among quantile bins (arXiv 2203.05556).", "none",
        ["none", "periodic", "piecewise"]);

    public static readonly IntSetting Width = new("featureWidth", "With featureEmbedding: units of each number.", 16, 1, 1024);
    public static readonly IntSetting Terms = new("featureTerms", "With featureEmbedding: frequencies, or bins, of each number.", 32, 1, 1024);
    public static readonly NumberSetting Frequency = new("featureFrequency", "With featureEmbedding periodic: deviation of the frequencies at the start.", 0.3, 0, 100, IsLowOpen: true);

    private readonly List<(int Start, int Length, bool IsNumber)> _runs = [];
    private readonly int _numbers, _terms;
    private readonly Parameter _weight, _bias;
    private readonly Parameter? _frequencies;
    private readonly torch.Tensor? _edges, _widths, _lowest, _highest;

    public FeatureEmbedding(int inputs, IReadOnlyList<int> numbers, string kind, int terms, int width, double frequency) : base(nameof(FeatureEmbedding))
    {
        (_numbers, _terms) = (numbers.Count, terms);
        var isNumber = new bool[inputs];
        foreach (var j in numbers)
            isNumber[j] = true;
        for (var j = 0; j < inputs; j++)
            if (_runs.Count > 0 && _runs[^1].IsNumber == isNumber[j])
                _runs[^1] = _runs[^1] with { Length = _runs[^1].Length + 1 };
            else
                _runs.Add((j, 1, isNumber[j]));
        Outputs = inputs + _numbers * (width - 1);
        var each = kind == "periodic" ? 2 * terms : terms;
        if (kind == "periodic")
            register_parameter("frequencies", _frequencies = new Parameter(torch.randn(_numbers * terms) * frequency)); // flat: no matrix, which starts otherwise
        else
        {
            float[] edges = [.. Enumerable.Range(0, terms + 1).Select(t => (float)NormalScores.At((t + 0.5) / (terms + 1)))];
            register_buffer("edges", _edges = torch.tensor(edges[..^1]));
            register_buffer("widths", _widths = torch.tensor(edges.Zip(edges.Skip(1), (a, b) => b - a).ToArray()));
            // 0 below a bin, 1 above; the first and the last one go on, so that numbers beyond them differ.
            register_buffer("lowest", _lowest = torch.tensor(Enumerable.Range(0, terms).Select(t => t == 0 ? -1e3f : 0).ToArray()));
            register_buffer("highest", _highest = torch.tensor(Enumerable.Range(0, terms).Select(t => t == terms - 1 ? 1e3f : 1).ToArray()));
        }

        using var start = torch.zeros([_numbers, each, width]).uniform_(-1 / Math.Sqrt(each), 1 / Math.Sqrt(each));
        register_parameter("weight", _weight = new Parameter(start));
        register_parameter("bias", _bias = new Parameter(torch.zeros([_numbers, 1, width])));
    }

    /// <summary>Numbers in one sample after it.</summary>
    public int Outputs { get; }

    public override torch.Tensor forward(torch.Tensor x)
    {
        var numbers = Of(x, true).unsqueeze(2);
        torch.Tensor terms;
        if (_frequencies is not null)
        {
            var waves = numbers * (_frequencies.reshape(_numbers, _terms) * (2 * Math.PI));
            terms = torch.cat([waves.sin(), waves.cos()], 2);
        }
        else
        {
            terms = torch.maximum(torch.minimum((numbers - _edges!) / _widths!, _highest!), _lowest!);
        }

        var vectors = (terms.transpose(0, 1).matmul(_weight) + _bias).relu().transpose(0, 1).flatten(1);
        return _runs.All(r => r.IsNumber) ? vectors : torch.cat([vectors, Of(x, false)], 1);
    }

    private torch.Tensor Of(torch.Tensor x, bool numbers)
    {
        torch.Tensor[] parts = [.. _runs.Where(r => r.IsNumber == numbers).Select(r => _runs.Count == 1 ? x : x.narrow(1, r.Start, r.Length))];
        return parts.Length == 1 ? parts[0] : torch.cat(parts, 1);
    }
}
