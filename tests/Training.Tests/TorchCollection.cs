namespace HpoService.Training.Tests;

/// <summary>The generator belongs to the process: these tests do not run beside each other.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchCollection;
