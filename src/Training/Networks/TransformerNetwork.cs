using HpoService.Training.DataSets;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Networks;

/// <summary>A transformer encoder (Vaswani et al., arXiv 1706.03762), normalised before each part (arXiv 2002.04745). A sequence gives a token
/// a moment, text one a character, an image one a patch (arXiv 2010.11929), a table one a feature (arXiv 2106.11959).</summary>
internal sealed class TransformerNetwork : Network
{
    public TransformerNetwork(SampleShape shape, int width, int heads, int layers, int feedForward, string positions, int patch, double dropout)
        : base(nameof(TransformerNetwork))
    {
        var time = shape.Sizes[0];
        torch.nn.Module<torch.Tensor, torch.Tensor>? embedding = null;
        Parameter? featureWeight = null, featureBias = null;
        torch.Tensor? places = null;
        switch (shape.Kind)
        {
            case SampleKind.Text:
                embedding = Part("embedding", torch.nn.Embedding(shape.Outputs, width));
                break;
            case SampleKind.Sequence:
                embedding = Part("embedding", torch.nn.Linear(shape.Sizes[1], width));
                break;
            case SampleKind.Image:
                embedding = Part("embedding", torch.nn.Conv2d(shape.Sizes[0], width, patch, stride: patch));
                time = shape.Sizes[1] / patch * (shape.Sizes[2] / patch);
                break;
            default:
                register_parameter("featureWeight", featureWeight = new Parameter(torch.randn(time, width) * (1 / Math.Sqrt(width))));
                register_parameter("featureBias", featureBias = new Parameter(torch.randn(time, width) * (1 / Math.Sqrt(width))));
                positions = "none"; // each feature has its own weights already
                break;
        }

        if (positions == "learned")
            register_parameter("positions", (Parameter)(places = new Parameter(torch.randn(time, width) * 0.02)));
        else if (positions == "sinusoidal")
            register_buffer("waves", places = Waves(time, width));
        var encoders = Enumerable.Range(0, layers).Select(i => Part($"layer{i}", new EncoderLayer(width, heads, feedForward, dropout, shape.Goal == GoalKind.NextToken))).ToArray();
        var drop = Part("dropout", torch.nn.Dropout(dropout));
        var norm = Part("norm", torch.nn.LayerNorm(width));
        var head = Part(Head, torch.nn.Linear(width, shape.Outputs));
        Then((x, _) =>
        {
            var tokens = shape.Kind switch
            {
                SampleKind.Table => x.unsqueeze(2) * featureWeight! + featureBias!,
                SampleKind.Image => embedding!.call(x).flatten(2).transpose(1, 2),
                _ => embedding!.call(x),
            };
            return drop.call(places is null ? tokens : tokens + places);
        }, embedding is null ? [] : [embedding], featureWeight, featureBias, places);
        foreach (var encoder in encoders)
            Then((x, lengths) => encoder.call(x, lengths is null ? null : Real(x, lengths).unsqueeze(1).unsqueeze(1)), [encoder]);
        Then((x, lengths) =>
        {
            x = norm.call(x);
            if (shape.Goal == GoalKind.NextToken)
                return head.call(x);
            return head.call(lengths is null ? x.mean([1]) : (x * Real(x, lengths).unsqueeze(2).to_type(torch.float32)).sum(1) / lengths.unsqueeze(1).to_type(torch.float32));
        }, [norm, head]);
    }

    // Which moments are no padding: [n, time].
    private static torch.Tensor Real(torch.Tensor x, torch.Tensor lengths) => torch.arange(x.shape[1]).unsqueeze(0).lt(lengths.unsqueeze(1));

    // Sines and cosines of wavelengths from 2π to 10,000·2π: [time, width].
    private static torch.Tensor Waves(int time, int width)
    {
        var values = new float[time * width];
        for (var t = 0; t < time; t++)
            for (var i = 0; i < width; i++)
            {
                var angle = t / Math.Pow(10_000, i / 2 * 2.0 / width);
                values[t * width + i] = (float)(i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }

        return torch.tensor(values, time, width);
    }
}

/// <summary>Self-attention and a feed-forward part, each normalised before and added to its input.</summary>
internal sealed class EncoderLayer : torch.nn.Module<torch.Tensor, torch.Tensor?, torch.Tensor>
{
    private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _norm1, _norm2, _queries, _out, _up, _down, _dropout;
    private readonly int _heads, _width;
    private readonly double _p;
    private readonly bool _causal;

    public EncoderLayer(int width, int heads, int feedForward, double dropout, bool causal) : base(nameof(EncoderLayer))
    {
        (_heads, _width, _p, _causal) = (heads, width, dropout, causal);
        register_module("norm1", _norm1 = torch.nn.LayerNorm(width));
        register_module("attention", _queries = torch.nn.Linear(width, 3 * width));
        register_module("output", _out = torch.nn.Linear(width, width));
        register_module("norm2", _norm2 = torch.nn.LayerNorm(width));
        register_module("up", _up = torch.nn.Linear(width, feedForward));
        register_module("down", _down = torch.nn.Linear(feedForward, width));
        register_module("dropout", _dropout = torch.nn.Dropout(dropout));
    }

    public override torch.Tensor forward(torch.Tensor x, torch.Tensor? mask)
    {
        var (n, time) = (x.shape[0], x.shape[1]);
        var parts = _queries.call(_norm1.call(x)).reshape(n, time, 3, _heads, _width / _heads).unbind(2); // each [n, time, heads, d]
        var seen = torch.nn.functional.scaled_dot_product_attention(
            parts[0].transpose(1, 2), parts[1].transpose(1, 2), parts[2].transpose(1, 2), mask, training ? _p : 0, is_casual: _causal);
        x = x + _dropout.call(_out.call(seen.transpose(1, 2).reshape(n, time, _width)));
        return x + _dropout.call(_down.call(torch.nn.functional.gelu(_up.call(_norm2.call(x)))));
    }
}
