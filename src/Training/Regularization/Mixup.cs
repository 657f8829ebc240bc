using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Regularization;

/// <summary>Blends each sample with another one, and its loss likewise (Zhang et al., arXiv 1710.09412).</summary>
internal sealed class Mixup(double alpha, long seed)
{
    public static readonly NumberSetting Alpha = new("mixup", "Samples are blended in pairs by a part drawn from Beta(mixup, mixup); 0 = off. Not for text.", 0, 0, 10);

    private readonly Random _random = new(unchecked((int)(seed * 31 + 17)));

    /// <summary>The blended samples, the other sample of each, and the part of the first.</summary>
    public (torch.Tensor X, torch.Tensor Partner, double Part) Blend(torch.Tensor x)
    {
        var part = Beta();
        var partner = torch.randperm(x.shape[0]);
        return (x * part + x.index_select(0, partner) * (1 - part), partner, part);
    }

    private double Beta()
    {
        var (a, b) = (Gamma(), Gamma());
        return a + b > 0 ? a / (a + b) : 0.5;
    }

    // Marsaglia and Tsang, 2000; below 1 by the boost of a draw at alpha + 1.
    private double Gamma()
    {
        var (d, boost) = alpha < 1 ? (alpha + 2.0 / 3, Math.Pow(1 - _random.NextDouble(), 1 / alpha)) : (alpha - 1.0 / 3, 1);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
            var v = Math.Pow(1 + normal / Math.Sqrt(9 * d), 3);
            if (v > 0 && Math.Log(1 - _random.NextDouble()) < 0.5 * normal * normal + d - d * v + d * Math.Log(v))
                return d * v * boost;
        }
    }
}
