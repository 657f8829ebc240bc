using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The C interface of native/hpotorch.h.</summary>
internal static partial class Native
{
    private const string Lib = "hpotorch";

    public enum Unary
    {
        Neg, Exp, Log, Sqrt, Abs, Relu, Tanh, Sigmoid, Gelu, Silu, Sum, Mean, Detach, Clone, Transpose, IsFiniteAll,
        Sign, Sin, Cos, Norm, Max, Min, Contiguous, LogicalNot, IsNaN,
    }

    public enum Binary { Add, Sub, Mul, Div, MatMul, Eq, Gt, Lt, Ge, Le, Ne, Minimum, Maximum, Dot }

    public enum InPlace { Add, Sub, Mul, Div, Copy }

    public enum Fill { Zero, Constant, Uniform, Normal }

    public enum Cell { Tanh, Relu, Lstm, Gru }

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

    /// <summary>The handles of tensors, in their order.</summary>
    public static nint[] Handles(IEnumerable<torch.Tensor> tensors) => [.. tensors.Select(t => t.Handle)];

    [LibraryImport(Lib)] public static partial nint hpo_error();
    [LibraryImport(Lib)] public static partial long hpo_live();
    [LibraryImport(Lib)] public static partial void hpo_free(nint t);
    [LibraryImport(Lib)] public static partial void hpo_adopt(nint t);
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
    [LibraryImport(Lib)] public static partial nint hpo_mean_dim(nint t, ReadOnlySpan<long> which, int n, [MarshalAs(UnmanagedType.U1)] bool keep);
    [LibraryImport(Lib)] public static partial nint hpo_argmax(nint t, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_to_type(nint t, int type);
    [LibraryImport(Lib)] public static partial void hpo_set_requires_grad(nint t, [MarshalAs(UnmanagedType.U1)] bool on);
    [LibraryImport(Lib)] [return: MarshalAs(UnmanagedType.U1)] public static partial bool hpo_requires_grad(nint t);
    [LibraryImport(Lib)] public static partial void hpo_backward(nint t);
    [LibraryImport(Lib)] public static partial nint hpo_grad(nint t);
    [LibraryImport(Lib)] public static partial nint hpo_linear(nint x, nint weight, nint bias, [MarshalAs(UnmanagedType.U1)] bool rectified);
    [LibraryImport(Lib)] public static partial nint hpo_dropout(nint x, double p, [MarshalAs(UnmanagedType.U1)] bool training);
    [LibraryImport(Lib)] public static partial nint hpo_log_softmax(nint x, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_layer_norm(nint x, ReadOnlySpan<long> shape, int dims, nint weight, nint bias, double eps);
    [LibraryImport(Lib)] public static partial nint hpo_batch_norm(nint x, nint weight, nint bias, nint mean, nint var, [MarshalAs(UnmanagedType.U1)] bool training, double momentum, double eps);
    [LibraryImport(Lib)] public static partial void hpo_set_grad(nint t, nint grad);
    [LibraryImport(Lib)] public static partial void hpo_autograd_grad(nint[] outputs, int m, nint[] inputs, int n, nint[]? weights, [MarshalAs(UnmanagedType.U1)] bool retain, [MarshalAs(UnmanagedType.U1)] bool create, [MarshalAs(UnmanagedType.U1)] bool unused, [Out] nint[] result);
    [LibraryImport(Lib)] public static partial double hpo_clip_grad_norm(nint[] parameters, int n, double maxNorm, double type);
    [LibraryImport(Lib)] public static partial void hpo_in_place(nint t, nint b, double alpha, InPlace op);
    [LibraryImport(Lib)] public static partial void hpo_in_place_scalar(nint t, double value, InPlace op);
    [LibraryImport(Lib)] public static partial void hpo_fill(nint t, double a, double b, Fill how);
    [LibraryImport(Lib)] public static partial nint hpo_clamp(nint t, double low, double high);
    [LibraryImport(Lib)] public static partial nint hpo_where(nint condition, nint a, nint b);
    [LibraryImport(Lib)] public static partial nint hpo_masked_fill(nint t, nint mask, double value);
    [LibraryImport(Lib)] public static partial nint hpo_expand(nint t, ReadOnlySpan<long> shape, int dims);
    [LibraryImport(Lib)] public static partial nint hpo_permute(nint t, ReadOnlySpan<long> order, int dims);
    [LibraryImport(Lib)] public static partial nint hpo_flip(nint t, ReadOnlySpan<long> which, int n);
    [LibraryImport(Lib)] public static partial nint hpo_transpose(nint t, long a, long b);
    [LibraryImport(Lib)] public static partial nint hpo_unsqueeze(nint t, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_squeeze(nint t, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_select(nint t, long dim, long index);
    [LibraryImport(Lib)] public static partial nint hpo_flatten(nint t, long first, long last);
    [LibraryImport(Lib)] public static partial nint hpo_gather(nint t, long dim, nint index);
    [LibraryImport(Lib)] public static partial nint hpo_roll(nint t, long shift, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_cat(nint[] tensors, int n, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_stack(nint[] tensors, int n, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_softmax(nint x, long dim);
    [LibraryImport(Lib)] public static partial nint hpo_cross_entropy(nint x, nint target, nint weight, long ignore, long reduction, double smoothing);
    [LibraryImport(Lib)] public static partial nint hpo_mse_loss(nint x, nint target, long reduction);
    [LibraryImport(Lib)] public static partial nint hpo_smooth_l1_loss(nint x, nint target, long reduction, double beta);
    [LibraryImport(Lib)] public static partial nint hpo_embedding(nint weight, nint index, long padding);
    [LibraryImport(Lib)] public static partial nint hpo_conv2d(nint x, nint weight, nint bias, long stride, long padding, long dilation, long groups);
    [LibraryImport(Lib)] public static partial nint hpo_max_pool2d(nint x, long kernel, long stride, long padding);
    [LibraryImport(Lib)] public static partial nint hpo_avg_pool2d(nint x, long kernel, long stride, long padding);
    [LibraryImport(Lib)] public static partial nint hpo_adaptive_avg_pool2d(nint x, long size);
    [LibraryImport(Lib)] public static partial nint hpo_pad(nint x, ReadOnlySpan<long> widths, int n, double value);
    [LibraryImport(Lib)] public static partial nint hpo_affine_grid(nint theta, ReadOnlySpan<long> size, int dims, [MarshalAs(UnmanagedType.U1)] bool align);
    [LibraryImport(Lib)] public static partial nint hpo_grid_sample(nint x, nint grid, long mode, long padding, [MarshalAs(UnmanagedType.U1)] bool align);
    [LibraryImport(Lib)] public static partial nint hpo_attention(nint q, nint k, nint v, nint mask, double dropout, [MarshalAs(UnmanagedType.U1)] bool causal);
    [LibraryImport(Lib)] public static partial void hpo_recurrent(nint x, nint[] states, nint[] weights, int n, [MarshalAs(UnmanagedType.U1)] bool bias, int layers, double dropout, [MarshalAs(UnmanagedType.U1)] bool training, [MarshalAs(UnmanagedType.U1)] bool both, [MarshalAs(UnmanagedType.U1)] bool batchFirst, Cell cell, [Out] nint[] result);
    [LibraryImport(Lib)] public static partial nint hpo_optim_new(nint[] parameters, int n, int states, double initial);
    [LibraryImport(Lib)] public static partial void hpo_optim_free(nint optimizer);
    [LibraryImport(Lib)] public static partial void hpo_optim_zero_grad(nint optimizer);
    [LibraryImport(Lib)] public static partial void hpo_sgd(nint optimizer, double lr, double momentum, double dampening, double decay, [MarshalAs(UnmanagedType.U1)] bool nesterov);
    [LibraryImport(Lib)] public static partial void hpo_adagrad(nint optimizer, double lr, double lrDecay, double decay, double eps);
    [LibraryImport(Lib)] public static partial void hpo_adadelta(nint optimizer, double lr, double rho, double eps, double decay);
    [LibraryImport(Lib)] public static partial void hpo_rmsprop(nint optimizer, double lr, double alpha, double eps, double decay, double momentum);
    [LibraryImport(Lib)] public static partial void hpo_adam(nint optimizer, double lr, double beta1, double beta2, double eps, double decay, [MarshalAs(UnmanagedType.U1)] bool decoupled);
    [LibraryImport(Lib)] public static partial void hpo_nadam(nint optimizer, double lr, double beta1, double beta2, double eps, double decay, double momentumDecay);
    [LibraryImport(Lib)] public static partial void hpo_radam(nint optimizer, double lr, double beta1, double beta2, double eps, double decay);
    [LibraryImport(Lib)] public static partial void hpo_clip_grad_value(nint[] parameters, int n, double limit);
    [LibraryImport(Lib)] [return: MarshalAs(UnmanagedType.U1)] public static partial bool hpo_orthogonal(nint t, double gain);
    [LibraryImport(Lib)] public static partial void hpo_unbind(nint t, long dim, [Out] nint[] result, int n);
}
