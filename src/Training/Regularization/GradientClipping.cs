using HpoService.Training.Settings;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Regularization;

/// <summary>Limits of gradients (Pascanu et al., arXiv 1211.5063).</summary>
internal static class GradientClipping
{
    public static readonly NumberSetting Norm = new("clipNorm", "Gradients are scaled so that their norm together is at most this; 0 = off.", 0, 0, 1e6);
    public static readonly NumberSetting Value = new("clipValue", "Every element of a gradient is moved into ±this; 0 = off.", 0, 0, 1e6);

    public static void Apply(IReadOnlyList<Parameter> parameters, SettingValues s)
    {
        if (s[Value] > 0)
            torch.nn.utils.clip_grad_value_(parameters, s[Value]);
        if (s[Norm] > 0)
            torch.nn.utils.clip_grad_norm_(parameters, s[Norm]);
    }
}
