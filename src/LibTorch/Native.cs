using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The C interface of native/hpotorch.h.</summary>
internal static partial class Native
{
    private const string Lib = "hpotorch";

    public enum Unary { Neg, Exp, Log, Sqrt, Abs, Relu, Tanh, Sigmoid, Gelu, Silu, Sum, Mean, Detach, Clone, Transpose, IsFiniteAll }

    public enum Binary { Add, Sub, Mul, Div, MatMul, Eq, Gt, Lt }

    /// <summary>Throws what the last call of this thread left behind, if anything.</summary>
    /// <exception cref="ExternalException">libtorch's message.</exception>
    public static void Check()
    {
        var message = hpo_error();
        if (message != 0)
            throw new ExternalException(Marshal.PtrToStringUTF8(message));
    }

    /// <summary>A new tensor of a handle that a call returned.</summary>
    public static torch.Tensor Wrap(nint handle)
    {
        if (handle == 0)
            Check();
        return new torch.Tensor(handle);
    }

    [LibraryImport(Lib)] public static partial nint hpo_error();
    [LibraryImport(Lib)] public static partial long hpo_live();
    [LibraryImport(Lib)] public static partial void hpo_free(nint t);
    [LibraryImport(Lib)] public static partial void hpo_manual_seed(long seed);
    [LibraryImport(Lib)] public static partial void hpo_set_num_threads(int n);
    [LibraryImport(Lib)] public static partial int hpo_get_num_threads();
    [LibraryImport(Lib)] [return: MarshalAs(UnmanagedType.U1)] public static partial bool hpo_grad_enabled();
    [LibraryImport(Lib)] public static partial void hpo_set_grad_enabled([MarshalAs(UnmanagedType.U1)] bool on);
    [LibraryImport(Lib)] public static unsafe partial nint hpo_from_data(void* data, ReadOnlySpan<long> shape, int dims, int type);
    [LibraryImport(Lib)] public static unsafe partial void hpo_copy_out(nint t, void* target, long bytes);
    [LibraryImport(Lib)] public static partial nint hpo_full(ReadOnlySpan<long> shape, int dims, double value, int type);
    [LibraryImport(Lib)] public static partial nint hpo_randn(ReadOnlySpan<long> shape, int dims);
    [LibraryImport(Lib)] public static partial nint hpo_rand(ReadOnlySpan<long> shape, int dims);
    [LibraryImport(Lib)] public static partial nint hpo_randperm(long n);
    [LibraryImport(Lib)] public static partial nint hpo_arange(long n);
    [LibraryImport(Lib)] public static partial int hpo_dims(nint t);
    [LibraryImport(Lib)] public static partial long hpo_size(nint t, int dim);
    [LibraryImport(Lib)] public static partial int hpo_type(nint t);
    [LibraryImport(Lib)] public static partial double hpo_item(nint t);
    [LibraryImport(Lib)] public static partial nint hpo_unary(nint t, Unary op);
    [LibraryImport(Lib)] public static partial nint hpo_binary(nint a, nint b, Binary op);
    [LibraryImport(Lib)] public static partial nint hpo_scalar(nint t, double real, long integer, [MarshalAs(UnmanagedType.U1)] bool isInteger, Binary op);
    [LibraryImport(Lib)] public static partial nint hpo_pow(nint t, double exponent);
    [LibraryImport(Lib)] public static partial nint hpo_reshape(nint t, ReadOnlySpan<long> shape, int dims);
    [LibraryImport(Lib)] public static partial nint hpo_index_select(nint t, long dim, nint index);
    [LibraryImport(Lib)] public static partial nint hpo_narrow(nint t, long dim, long start, long length);
    [LibraryImport(Lib)] public static partial nint hpo_sum_dim(nint t, long dim, [MarshalAs(UnmanagedType.U1)] bool keep);
    [LibraryImport(Lib)] public static partial nint hpo_mean_dim(nint t, long dim, [MarshalAs(UnmanagedType.U1)] bool keep);
    [LibraryImport(Lib)] public static partial nint hpo_argmax(nint t, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_to_type(nint t, int type);
    [LibraryImport(Lib)] public static partial void hpo_set_requires_grad(nint t, [MarshalAs(UnmanagedType.U1)] bool on);
    [LibraryImport(Lib)] [return: MarshalAs(UnmanagedType.U1)] public static partial bool hpo_requires_grad(nint t);
    [LibraryImport(Lib)] public static partial void hpo_backward(nint t);
    [LibraryImport(Lib)] public static partial nint hpo_grad(nint t);
    [LibraryImport(Lib)] public static partial void hpo_zero_grad(nint t);
    [LibraryImport(Lib)] public static partial void hpo_uniform_(nint t, double low, double high);
    [LibraryImport(Lib)] public static partial void hpo_copy_(nint t, nint source);
    [LibraryImport(Lib)] public static partial nint hpo_linear(nint x, nint weight, nint bias);
    [LibraryImport(Lib)] public static partial nint hpo_dropout(nint x, double p, [MarshalAs(UnmanagedType.U1)] bool training);
    [LibraryImport(Lib)] public static partial nint hpo_log_softmax(nint x, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_cross_entropy(nint x, nint target);
    [LibraryImport(Lib)] public static partial nint hpo_mse_loss(nint x, nint target);
    [LibraryImport(Lib)] public static partial nint hpo_layer_norm(nint x, ReadOnlySpan<long> shape, int dims, nint weight, nint bias, double eps);
    [LibraryImport(Lib)] public static partial nint hpo_batch_norm(nint x, nint weight, nint bias, nint mean, nint var, [MarshalAs(UnmanagedType.U1)] bool training, double momentum, double eps);
    [LibraryImport(Lib)] public static partial void hpo_sgd_step(nint p, nint buffer, double lr, double momentum, double dampening, double decay, [MarshalAs(UnmanagedType.U1)] bool nesterov, [MarshalAs(UnmanagedType.U1)] bool first);
    [LibraryImport(Lib)] public static partial void hpo_adam_step(nint p, nint m, nint v, long step, double lr, double beta1, double beta2, double eps, double decay, [MarshalAs(UnmanagedType.U1)] bool decoupled);
    [LibraryImport(Lib)] public static partial void hpo_rmsprop_step(nint p, nint v, nint buffer, double lr, double alpha, double eps, double decay, double momentum);
}
