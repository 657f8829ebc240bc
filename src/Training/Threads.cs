using TorchSharp;

namespace HpoService.Training;

/// <summary>How many threads one operation may use, in this process.</summary>
public static class Threads
{
    /// <summary>One: one slot, one core; and sums in one order, so that a seed gives one result.</summary>
    public static void One() => torch.set_num_threads(1);
}
