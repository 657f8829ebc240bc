using HpoService.Training.Goals;
using TorchSharp;

namespace HpoService.Training.Loop;

/// <summary>A batch's part of the loss of a step.</summary>
/// <param name="Goal">What judges outputs.</param>
/// <param name="Batch">Samples and targets.</param>
/// <param name="Weight">Of its mean loss.</param>
/// <param name="Other">Targets of the other half of blended samples.</param>
/// <param name="OtherWeight">Of the mean loss to these.</param>
internal sealed record LossPart(Goal Goal, Batch Batch, double Weight, torch.Tensor? Other = null, double OtherWeight = 0)
{
    /// <summary>The loss of outputs.</summary>
    public torch.Tensor Of(torch.Tensor outputs)
    {
        var loss = Goal.Loss(outputs, Batch.Y);
        if (Weight != 1)
            loss = loss * Weight;
        return Other is null ? loss : loss + Goal.Loss(outputs, Other) * OtherWeight;
    }

    /// <summary>Some of the samples; the losses of slices that make up the whole add up to its loss.</summary>
    public LossPart Slice(int start, int count)
    {
        if (count == Batch.Count)
            return this;
        var (slice, other) = (Batch.Slice(start, count), Other?.narrow(0, start, count));
        return this with
        {
            Batch = slice, Weight = Weight * Goal.Weight(slice.Y) / Goal.Weight(Batch.Y),
            Other = other, OtherWeight = other is null ? 0 : OtherWeight * Goal.Weight(other) / Goal.Weight(Other!),
        };
    }
}
