using TorchSharp;

namespace HpoService.Training.Networks;

/// <summary>A residual network for small images (He et al., arXiv 1512.03385, section 4.2): three stages of n blocks, shortcuts without
/// parameters. With 3 blocks and width 16 it is ResNet-20, its tensors named as in the published CIFAR-10 weights.</summary>
internal sealed class ResNetNetwork : Network
{
    public ResNetNetwork(int channels, int blocks, int width, double dropout, int outputs) : base(nameof(ResNetNetwork))
    {
        var start = Part("conv1", torch.nn.Conv2d(channels, width, 3, padding: 1, bias: false));
        var norm = Part("bn1", new BatchNorm(width));
        Then((x, _) => norm.call(start.call(x)).relu(), [start, norm]);
        for (var stage = 0; stage < 3; stage++)
        {
            var members = Enumerable.Range(0, blocks).Select(i => new Block(
                stage > 0 && i == 0 ? width << (stage - 1) : width << stage, width << stage, stage > 0 && i == 0 ? 2 : 1)).ToArray();
            Part($"layer{stage + 1}", torch.nn.Sequential(members.Select((b, i) => ($"{i}", (torch.nn.Module<torch.Tensor, torch.Tensor>)b))));
            foreach (var block in members)
                Then((x, _) => block.call(x), [block]);
        }

        var mean = torch.nn.Sequential(("mean", torch.nn.AdaptiveAvgPool2d(1)), ("flatten", torch.nn.Flatten()), ("dropout", torch.nn.Dropout(dropout)));
        Part("mean", mean);
        var head = Part(Head, torch.nn.Linear(width << 2, outputs));
        Then((x, _) => head.call(mean.call(x)), [head]);
    }

    public override string Head => "linear";

    private sealed class Block : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly torch.nn.Module<torch.Tensor, torch.Tensor> _conv1, _bn1, _conv2, _bn2;
        private readonly torch.nn.Module<torch.Tensor, torch.Tensor>? _subsample;
        private readonly int _more;

        public Block(int inputs, int outputs, int stride) : base(nameof(Block))
        {
            register_module("conv1", _conv1 = torch.nn.Conv2d(inputs, outputs, 3, stride: stride, padding: 1, bias: false));
            register_module("bn1", _bn1 = new BatchNorm(outputs));
            register_module("conv2", _conv2 = torch.nn.Conv2d(outputs, outputs, 3, padding: 1, bias: false));
            register_module("bn2", _bn2 = new BatchNorm(outputs));
            if (stride > 1)
                _subsample = torch.nn.AvgPool2d(1, stride); // every second pixel
            _more = outputs - inputs;
        }

        public override torch.Tensor forward(torch.Tensor x)
        {
            var y = _bn2.call(_conv2.call(_bn1.call(_conv1.call(x)).relu()));
            if (_subsample is not null)
                x = torch.nn.functional.pad(_subsample.call(x), [0, 0, 0, 0, _more / 2, _more - _more / 2]);
            return (y + x).relu();
        }
    }
}
