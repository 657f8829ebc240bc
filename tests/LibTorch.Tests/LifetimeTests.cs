using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace HpoService.LibTorch.Tests;

/// <summary>The tensor count and the generator belong to the process: these tests do not run beside each other.</summary>
[CollectionDefinition("torch", DisableParallelization = true)]
public sealed class TorchCollection;

[Collection("torch")]
public sealed class LifetimeTests
{
    [Fact]
    public void A_thousand_training_steps_leak_neither_tensors_nor_memory()
    {
        using var network = nn.Sequential(("a", nn.Linear(64, 128)), ("b", nn.ReLU()), ("c", nn.Dropout(0.1)), ("d", nn.Linear(128, 10)));
        using var optimizer = optim.Adam(network.parameters());
        Train(network, optimizer, 100);
        var (tensors, memory) = (Tensor.TotalCount, Resident());

        Train(network, optimizer, 1000);

        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.True(Resident() - memory < 20_000_000, $"{memory} bytes grew to {Resident()}");
    }

    [Fact]
    public void A_scope_frees_what_was_created_in_it_but_for_what_was_moved_out()
    {
        var before = Tensor.TotalCount;
        using (NewDisposeScope())
        {
            Tensor kept;
            using (NewDisposeScope())
            {
                _ = zeros([2]) + 1;
                kept = ones([2]).MoveToOuterDisposeScope();
            }

            Assert.Equal([1f, 1f], kept.ToArray<float>());
            Assert.Equal(before + 1, Tensor.TotalCount);
        }

        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void A_disposed_tensor_says_so()
    {
        var tensor = zeros([1]);
        tensor.Dispose();
        tensor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => tensor + 1);
    }

    [Fact]
    public void A_wrong_shape_is_an_exception_with_torch_s_message()
    {
        using var scope = NewDisposeScope();
        var e = Assert.Throws<ExternalException>(() => zeros([2, 3]).matmul(zeros([2, 3])));
        Assert.Contains("cannot be multiplied", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_number_keeps_the_type_of_an_integer_tensor_as_torch_does()
    {
        using var scope = NewDisposeScope();
        var integers = tensor([(1L << 53) + 1, 2L]);
        Assert.Equal([(1L << 53) + 2, 3L], (integers + 1).ToArray<long>());
        Assert.Equal([1L << 53, 1L], (integers - 1).ToArray<long>());
        Assert.Equal([(1L << 54) + 2, 4L], (integers * 2).ToArray<long>());
        Assert.Equal(float32, (integers + 1.0).dtype);
        Assert.Equal([0.5f, 1f], (tensor([1L, 2L]) / 2).ToArray<float>());
        Assert.Equal(float64, (zeros([1], float64) + 1f).dtype);
    }

    [Fact]
    public void No_graph_is_recorded_without_gradients()
    {
        using var scope = NewDisposeScope();
        using var linear = nn.Linear(2, 2);
        using (no_grad())
            Assert.False(linear.call(zeros([1, 2])).requires_grad);
        Assert.True(linear.call(zeros([1, 2])).requires_grad);
    }

    [Fact]
    public void The_number_of_threads_reaches_the_matrix_library()
    {
        var blas = NativeLibrary.Load("libblas.so.3");
        set_num_threads(1);
        Assert.Equal(1, Marshal.GetDelegateForFunctionPointer<ThreadCount>(NativeLibrary.GetExport(blas, "openblas_get_num_threads"))());
        Assert.Equal(1, get_num_threads());
    }

    private delegate int ThreadCount();

    private static void Train(nn.Module<Tensor, Tensor> network, optim.Optimizer optimizer, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(network.call(randn(64, 64)), zeros([64], int64)).backward();
            optimizer.step();
        }
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Process.GetCurrentProcess().WorkingSet64;
    }
}
