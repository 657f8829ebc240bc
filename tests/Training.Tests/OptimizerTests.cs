using HpoService.Training.Optimizers;
using TorchSharp;
using TorchSharp.Modules;

namespace HpoService.Training.Tests;

[Collection("torch")]
public sealed class OptimizerTests : IDisposable
{
    private readonly DisposeScope _scope;
    private readonly torch.Tensor _x, _targets;

    public OptimizerTests()
    {
        torch.set_num_threads(1);
        _scope = torch.NewDisposeScope();
        _x = torch.tensor(Enumerable.Range(0, 120).Select(k => (float)Math.Sin(1 + 3 * (k / 4) + k % 4)).ToArray(), 30, 4);
        _targets = torch.tensor(Enumerable.Range(0, 30).Select(i => Math.Sin(1 + 3 * i) is var v && v < -0.5 ? 0L : v < 0.5 ? 1 : 2).ToArray());
    }

    public static TheoryData<string> Names => [.. OptimizerRegistry.Kinds.Select(k => k.Name)];

    public void Dispose() => _scope.Dispose();

    [Theory, MemberData(nameof(Names))]
    public void Every_optimizer_lowers_the_loss_of_a_logistic_regression(string name)
    {
        using var w = new Parameter(torch.zeros([3, 4]));
        var rate = name switch { "adadelta" => 5, "lbfgs" or "newtoncg" => 1, "sgd" or "nesterov" => 0.3, _ => 0.05 };
        using var stepper = OptimizerRegistry.Create([new ParameterGroup([w])], Ask.Settings($$"""{"optimizer": "{{name}}", "learningRate": {{rate}}}"""));
        stepper.LearningRate = rate;
        var loss = new Loss([w], () => CrossEntropy(w));
        var first = stepper.Step(loss);
        for (var i = 0; i < 100; i++)
            stepper.Step(loss);
        Assert.Equal(Math.Log(3), first, 5);
        Assert.True(CrossEntropy(w).ToDouble() < 0.62, $"{CrossEntropy(w).ToDouble()}"); // the minimum is 0.5378
    }

    [Fact]
    public void Lbfgs_goes_where_Python_s_torch_goes()
    {
        var golden = Golden.Root.GetProperty("lbfgs");
        using var w = new Parameter(torch.zeros([3, 4]));
        using var stepper = OptimizerRegistry.Create([new ParameterGroup([w])], Ask.Settings("""{"optimizer": "lbfgs", "learningRate": 1, "history": 3, "innerIterations": 6}"""));
        var loss = new Loss([w], () => CrossEntropy(w) + w.pow(2).sum() * 0.005);
        Golden.AssertClose(golden.GetProperty("losses").Numbers(), [.. Enumerable.Range(0, 4).Select(_ => stepper.Step(loss))]);
        Golden.AssertClose(golden.GetProperty("weights").Numbers(), [.. w.detach().data<float>().ToArray().Select(v => (double)v)], 1e-3);
    }

    [Fact]
    public void Lbfgs_takes_Python_s_way_down_Rosenbrock_s_valley()
    {
        using var v = new Parameter(torch.tensor([-1.2f, 1]));
        using var stepper = OptimizerRegistry.Create([new ParameterGroup([v])], Ask.Settings("""{"optimizer": "lbfgs", "learningRate": 1, "innerIterations": 5}"""));
        var loss = new Loss([v], () => Rosenbrock(v));
        Golden.AssertClose(Golden.Root.GetProperty("lbfgs").GetProperty("rosenbrock").Numbers(), [.. Enumerable.Range(0, 6).Select(_ => stepper.Step(loss))], 1e-3);
    }

    [Fact]
    public void Newton_solves_a_quadratic_in_a_few_steps_and_descends_a_curved_valley()
    {
        using var q = new Parameter(torch.tensor([3f, -2, 5]));
        var scales = torch.tensor([1f, 10, 100]);
        using var exact = new NewtonCgStepper(new FlatParameters([q]), damping: 0, maxIterations: 50) { LearningRate = 1 };
        var quadratic = new Loss([q], () => (q * q * scales).sum());
        for (var i = 0; i < 6; i++)
            exact.Step(quadratic);
        Assert.True(quadratic.Graph().ToDouble() < 1e-5, $"{quadratic.Graph().ToDouble()}");

        using var v = new Parameter(torch.tensor([-1.2f, 1]));
        using var stepper = new NewtonCgStepper(new FlatParameters([v]), damping: 1e-2, maxIterations: 20) { LearningRate = 1 };
        var loss = new Loss([v], () => Rosenbrock(v));
        var losses = Enumerable.Range(0, 60).Select(_ => stepper.Step(loss)).ToArray();
        Assert.All(losses.Zip(losses.Skip(1)), pair => Assert.True(pair.Second <= pair.First + 1e-6));
        Assert.True(losses[^1] < 1e-4, $"{losses[^1]}");
        Assert.True(stepper.CurrentDamping < 1e-2);
    }

    [Fact]
    public void Decoupled_decay_shrinks_weights_by_the_rate_and_coupled_decay_passes_through_the_gradient()
    {
        Assert.Equal(2 * (1 - 0.1 * 0.5), Stepped("""{"optimizer": "adam", "learningRate": 0.1, "weightDecay": 0.5, "weightDecayMode": "decoupled"}"""), 5);
        Assert.Equal(2 * (1 - 0.1 * 0.5), Stepped("""{"optimizer": "adamw", "learningRate": 0.1, "weightDecay": 0.5}"""), 5);
        Assert.Equal(2 - 0.1, Stepped("""{"optimizer": "adam", "learningRate": 0.1, "weightDecay": 0.5}"""), 5); // Adam's first step is the rate, whatever the gradient
        Assert.Equal(2 - 0.1, Stepped("""{"optimizer": "adamw", "learningRate": 0.1, "weightDecay": 0.5, "weightDecayMode": "coupled"}"""), 5);
        Assert.Equal(2 - 0.1 * 0.5 * 2, Stepped("""{"optimizer": "sgd", "learningRate": 0.1, "weightDecay": 0.5}"""), 5);

        static double Stepped(string settings)
        {
            using var w = new Parameter(torch.full([1], 2));
            var values = Ask.Settings(settings);
            using var stepper = OptimizerRegistry.Create([new ParameterGroup([w])], values);
            stepper.LearningRate = 0.1;
            stepper.Step(new Loss([w], () => (w * 0).sum()));
            return w.ToDouble();
        }
    }

    [Fact]
    public void A_group_has_its_own_rate()
    {
        using var slow = new Parameter(torch.ones([1]));
        using var fast = new Parameter(torch.ones([1]));
        using var stepper = OptimizerRegistry.Create([new ParameterGroup([slow], 0.1), new ParameterGroup([fast])], Ask.Settings("""{"optimizer": "sgd"}"""));
        stepper.LearningRate = 0.5;
        stepper.Step(new Loss([slow, fast], () => (slow + fast).sum()));
        Assert.Equal(0.95, slow.ToDouble(), 5);
        Assert.Equal(0.5, fast.ToDouble(), 5);
    }

    [Fact]
    public void Second_order_methods_refuse_parts_of_different_rates()
    {
        using var slow = new Parameter(torch.ones([1]));
        using var fast = new Parameter(torch.ones([1]));
        var settings = Ask.Settings("""{"optimizer": "lbfgs"}""");
        var e = Assert.Throws<InvalidSettingsException>(() => OptimizerRegistry.Create([new ParameterGroup([slow], 0.1), new ParameterGroup([fast])], settings));
        Assert.Equal(("/fineTuneRate", "fineTuneRate must be 1 with lbfgs, but got 0.1."), (e.Violations[0].Pointer, e.Message));
        OptimizerRegistry.Create([new ParameterGroup([], 0.1), new ParameterGroup([fast])], settings).Dispose();
    }

    private torch.Tensor CrossEntropy(torch.Tensor w) => torch.nn.functional.cross_entropy(_x.matmul(w.t()), _targets);

    private static torch.Tensor Rosenbrock(torch.Tensor v) =>
        (1 - v.select(0, 0)).pow(2) + (v.select(0, 1) - v.select(0, 0).pow(2)).pow(2) * 100;

    private sealed class Loss(IReadOnlyList<Parameter> parameters, Func<torch.Tensor> of) : IBatchLoss
    {
        public double Backward()
        {
            Assert.All(parameters, p => Assert.Null(p.grad));
            var value = of();
            value.backward();
            return value.ToDouble();
        }

        public torch.Tensor Graph() => of();
    }
}
