using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>Damped Newton steps by conjugate gradients over Hessian-vector products (Martens, 2010; Nocedal and Wright, algorithm 7.1).</summary>
internal sealed class NewtonCg : IOptimizerKind
{
    public static readonly NumberSetting Damping = new("damping", "newtoncg: the multiple of the identity that is added to the Hessian at first; it adapts.", 1e-2, 0, 1e6);
    public static readonly IntSetting CgIterations = new("cgIterations", "newtoncg: Hessian-vector products a step at most.", 20, 1, 1000);

    public string Name => "newtoncg";

    public string Description => "Damped Newton by conjugate gradients over Hessian-vector products (Martens, 2010); for small models and large batches; a learning rate of 1 is usual.";

    public IReadOnlyList<Setting> Settings => [Damping, CgIterations];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) =>
        new NewtonCgStepper(SecondOrder.Parameters(groups, Name), s[Damping], s[CgIterations]) { LearningRate = s[LearningRate] };
}

/// <summary>The steps of <see cref="NewtonCg"/>.</summary>
internal sealed class NewtonCgStepper(FlatParameters parameters, double damping, int maxIterations) : Stepper
{
    private double _damping = damping;

    public override double LearningRate { get; set; }

    /// <summary>The current damping: smaller where the quadratic model predicts well.</summary>
    public double CurrentDamping => _damping;

    public override double Step(IBatchLoss loss)
    {
        using var scope = torch.NewDisposeScope();
        var graph = loss.Graph();
        var first = graph.ToDouble();
        if (!double.IsFinite(first))
            return first;
        var slopes = torch.autograd.grad([graph], [.. parameters.Parameters], create_graph: true);
        var g = Flat(slopes).detach();
        var direction = Solve(g, v => Product(slopes, v));
        var curvature = Dot(direction, Product(slopes, direction));
        var predicted = Dot(g, direction) + 0.5 * curvature;
        Move(loss, first, g, direction, predicted);
        return first;
    }

    public override void Dispose()
    {
    }

    // d with (H + damping·I)·d ≈ −g; at a direction of negative curvature what there is until then, or the steepest descent.
    private torch.Tensor Solve(torch.Tensor g, Func<torch.Tensor, torch.Tensor> hessianTimes)
    {
        var d = g * 0;
        var residual = g.clone();
        var conjugate = -g;
        var squared = Dot(g, g);
        var enough = Math.Min(0.05, Math.Sqrt(Math.Sqrt(squared))) * Math.Sqrt(squared);
        for (var i = 0; i < maxIterations && Math.Sqrt(squared) > enough; i++)
        {
            var product = hessianTimes(conjugate).add_(conjugate, _damping);
            var curvature = Dot(conjugate, product);
            if (curvature <= 0)
                return i == 0 ? -g : d;
            var length = squared / curvature;
            d.add_(conjugate, length);
            residual.add_(product, length);
            var next = Dot(residual, residual);
            conjugate = (conjugate * (next / squared)).sub_(residual);
            squared = next;
        }

        return d;
    }

    // Backtracks until the loss falls enough; the damping follows how well the quadratic model predicted (Levenberg and Marquardt's rule).
    private void Move(IBatchLoss loss, double first, torch.Tensor g, torch.Tensor direction, double predicted)
    {
        var origin = parameters.Copy();
        var slope = Dot(g, direction);
        var t = LearningRate;
        for (var tries = 0; tries < 20; tries++, t /= 2)
        {
            parameters.Set(origin, t, direction);
            var value = Value(loss);
            if (tries == 0)
            {
                var ratio = (value - first) / predicted;
                if (!(ratio >= 0.25))
                    _damping = Math.Max(_damping, 1e-8) * 1.5;
                else if (ratio > 0.75)
                    _damping /= 1.5;
            }

            if (value <= first + 1e-4 * t * slope)
                return;
        }

        parameters.Set(origin);
    }

    private torch.Tensor Product(IList<torch.Tensor> slopes, torch.Tensor v) => Flat(torch.autograd.grad(
        [.. slopes.Where(s => s is not null)], [.. parameters.Parameters],
        [.. parameters.Split(v).Where((_, i) => slopes[i] is not null)], retain_graph: true, allow_unused: true));

    private torch.Tensor Flat(IList<torch.Tensor> parts) => torch.cat(
        [.. parts.Select((part, i) => part is null ? torch.zeros([parameters.Parameters[i].NumberOfElements]) : part.flatten())]);

    private static double Value(IBatchLoss loss)
    {
        using var scope = torch.NewDisposeScope();
        using var frozen = torch.no_grad();
        return loss.Graph().ToDouble();
    }

    private static double Dot(torch.Tensor a, torch.Tensor b) => a.dot(b).ToDouble();
}
