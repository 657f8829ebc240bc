using HpoService.Training.Settings;
using TorchSharp;
using static HpoService.Training.Optimizers.CommonSettings;

namespace HpoService.Training.Optimizers;

/// <summary>L-BFGS (Liu and Nocedal, 1989) with a strong Wolfe line search; for whole or large batches, without dropout.</summary>
internal sealed class Lbfgs : IOptimizerKind
{
    public static readonly IntSetting History = new("history", "lbfgs: how many pairs of steps and gradient changes it remembers.", 10, 1, 1000);
    public static readonly IntSetting Iterations = new("innerIterations", "lbfgs: iterations on each batch.", 20, 1, 1000);

    public string Name => "lbfgs";

    public string Description => "Quasi-Newton with limited memory and a strong Wolfe line search (Liu and Nocedal, 1989); for large batches; a learning rate of 1 is usual.";

    public IReadOnlyList<Setting> Settings => [History, Iterations];

    public Stepper Create(IReadOnlyList<ParameterGroup> groups, SettingValues s) =>
        new LbfgsStepper(SecondOrder.Parameters(groups, Name), s[History], s[Iterations]) { LearningRate = s[LearningRate] };
}

/// <summary>The steps of <see cref="Lbfgs"/>; those of torch.optim.LBFGS with line_search_fn="strong_wolfe".</summary>
internal sealed class LbfgsStepper(FlatParameters parameters, int history, int iterations) : Stepper
{
    private const double GradientTolerance = 1e-7, ChangeTolerance = 1e-9;
    private readonly List<(torch.Tensor Y, torch.Tensor S, double Rho)> _pairs = [];
    private torch.Tensor? _lastGradient, _lastStep;
    private double _scale = 1;

    public override double LearningRate { get; set; }

    public override double Step(IBatchLoss loss)
    {
        using var scope = torch.NewDisposeScope();
        var first = parameters.Backward(loss);
        if (!double.IsFinite(first))
            return first;
        var (f, g) = (first, parameters.Gradient());
        var evaluations = 1;
        for (var i = 0; i < iterations && evaluations < iterations * 5 / 4 && Largest(g) > GradientTolerance; i++)
        {
            var isFirst = _lastGradient is null;
            if (!isFirst)
                Remember(g);
            var direction = Direction(g);
            var slope = Dot(g, direction);
            Replace(ref _lastGradient, g.clone());
            if (slope > -ChangeTolerance)
                break;
            var t = isFirst ? Math.Min(1, 1 / g.abs().sum().ToDouble()) * LearningRate : LearningRate;
            var origin = parameters.Copy();
            var (point, count) = StrongWolfe.Search(Evaluate, new LinePoint(0, f, g, slope), t, Largest(direction));
            parameters.Set(origin, point.T, direction);
            evaluations += count;
            var change = Math.Abs(point.F - f);
            (f, g) = (point.F, point.G);
            Replace(ref _lastStep, direction * point.T);
            if (Largest(_lastStep!) <= ChangeTolerance || change < ChangeTolerance)
                break;

            LinePoint Evaluate(double length)
            {
                parameters.Set(origin, length, direction);
                var value = parameters.Backward(loss);
                var gradient = parameters.Gradient();
                return new LinePoint(length, value, gradient, Dot(gradient, direction));
            }
        }

        return first;
    }

    public override void Dispose()
    {
        foreach (var (y, s, _) in _pairs)
            {
            y.Dispose();
            s.Dispose();
        }
        _lastGradient?.Dispose();
        _lastStep?.Dispose();
    }

    private void Remember(torch.Tensor g)
    {
        if (_lastStep is null)
            return;
        var y = (g - _lastGradient!).DetachFromDisposeScope();
        var curvature = Dot(y, _lastStep);
        if (curvature <= 1e-10)
        {
            y.Dispose();
            return;
        }

        if (_pairs.Count == history)
        {
            _pairs[0].Y.Dispose();
            _pairs[0].S.Dispose();
            _pairs.RemoveAt(0);
        }

        _pairs.Add((y, _lastStep.clone().DetachFromDisposeScope(), 1 / curvature));
        _scale = curvature / Dot(y, y);
    }

    // −H·g by the two loops over the remembered pairs (Nocedal and Wright, algorithm 7.4).
    private torch.Tensor Direction(torch.Tensor g)
    {
        var q = -g;
        var weights = new double[_pairs.Count];
        for (var i = _pairs.Count - 1; i >= 0; i--)
        {
            weights[i] = Dot(_pairs[i].S, q) * _pairs[i].Rho;
            q.add_(_pairs[i].Y, -weights[i]);
        }

        q.mul_(_scale);
        for (var i = 0; i < _pairs.Count; i++)
            q.add_(_pairs[i].S, weights[i] - Dot(_pairs[i].Y, q) * _pairs[i].Rho);
        return q;
    }

    private static double Dot(torch.Tensor a, torch.Tensor b) => a.dot(b).ToDouble();

    private static double Largest(torch.Tensor v) => v.abs().max().ToDouble();

    private static void Replace(ref torch.Tensor? kept, torch.Tensor value)
    {
        kept?.Dispose();
        kept = value.DetachFromDisposeScope();
    }
}
