namespace TorchSharp;

/// <summary>What is put around an input.</summary>
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The reflected border.</summary>
    Reflect = 1,

    /// <summary>The border.</summary>
    Replicate = 2,

    /// <summary>The other side.</summary>
    Circular = 3,

    /// <summary>One value.</summary>
    Constant = 4,
}
