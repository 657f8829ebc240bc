namespace TorchSharp;

/// <summary>What tensors can do beside their own methods.</summary>
public static class TensorExtensionMethods
{
    /// <summary>The value of a tensor with one element, of any type.</summary>
    public static double ToDouble(this torch.Tensor value)
    {
        var number = Native.hpo_item(value.Handle);
        Native.Check();
        return number;
    }
}
