using HpoService.Training.Settings;
using TorchSharp;

namespace HpoService.Training.Augmentation;

/// <summary>Moved in time by up to this part of their length; the end values are repeated.</summary>
internal sealed class TimeShift() : Augmentation(new NumberSetting("timeShift", "Sequences: moved in time by up to this part of their length; the end values are repeated. 0 = off.", 0, 0, 0.9))
{
    public override SampleKind Kind => SampleKind.Sequence;

    public override torch.Tensor Apply(torch.Tensor x, double strength, Random random)
    {
        var (n, time) = ((int)x.shape[0], (int)x.shape[1]);
        var index = new long[n * time];
        for (var i = 0; i < n; i++)
        {
            var shift = (int)Math.Round(Draw(random, strength) * time);
            for (var t = 0; t < time; t++)
                index[i * time + t] = Math.Clamp(t + shift, 0, time - 1);
        }

        return x.gather(1, torch.tensor(index, n, time, 1).expand(-1, -1, x.shape[2]));
    }
}
