namespace TorchSharp;

public static partial class torch
{
    /// <summary>How grid_sample reads between pixels; the numbers are TorchSharp's.</summary>
    public enum GridSampleMode
    {
        /// <summary>The nearest pixel.</summary>
        Nearest = 0,

        /// <summary>A mean of the four around.</summary>
        Bilinear = 2,
    }

    /// <summary>What grid_sample reads outside of the image; the numbers are TorchSharp's.</summary>
    public enum GridSamplePaddingMode
    {
        /// <summary>0.</summary>
        Zeros = 0,

        /// <summary>The reflected image.</summary>
        Reflection = 1,

        /// <summary>The border.</summary>
        Border = 2,
    }

    public static partial class nn
    {
        /// <summary>What becomes of the losses of elements.</summary>
        public enum Reduction : long
        {
            /// <summary>They are left as they are.</summary>
            None = 0,

            /// <summary>Their mean.</summary>
            Mean = 1,

            /// <summary>Their sum.</summary>
            Sum = 2,
        }

        /// <summary>Functions without state.</summary>
        public static partial class functional
        {
            /// <summary>Cross entropy of logits, shape [n, classes, …], and class numbers, int64 [n, …].</summary>
            /// <param name="input">Logits.</param>
            /// <param name="target">Class numbers, or probabilities in input's shape.</param>
            /// <param name="weight">Of each class, shape [classes]; the mean is weighted then.</param>
            /// <param name="ignore_index">Targets with this number do not count.</param>
            /// <param name="reduction">Mean, sum or each.</param>
            /// <param name="label_smoothing">The part of the target, 0 to 1, that is spread over all classes (Szegedy et al., arXiv 1512.00567).</param>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0) =>
                Native.Wrap(Native.hpo_cross_entropy(input.Handle, target.Handle, weight?.Handle ?? 0, ignore_index, (long)reduction, label_smoothing));

            /// <summary>Squared difference.</summary>
            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Native.Wrap(Native.hpo_mse_loss(input.Handle, target.Handle, (long)reduction));

            /// <summary>d²/(2·beta) for differences |d| below beta, else |d| − beta/2.</summary>
            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1) =>
                Native.Wrap(Native.hpo_smooth_l1_loss(input.Handle, target.Handle, (long)reduction, beta));

            /// <summary>Logarithm of the softmax over a dimension.</summary>
            public static Tensor log_softmax(Tensor input, long dim) => Native.Wrap(Native.hpo_log_softmax(input.Handle, dim));

            /// <summary>Normalises each channel, the second dimension, over the batch in training, else by the running values, which training moves.</summary>
            public static Tensor batch_norm(
                Tensor input, Tensor running_mean, Tensor running_var, Tensor weight, Tensor bias, bool training = false, double momentum = 0.1, double eps = 1e-5) =>
                Native.Wrap(Native.hpo_batch_norm(input.Handle, weight.Handle, bias.Handle, running_mean.Handle, running_var.Handle, training, momentum, eps));

            /// <summary>x·Φ(x).</summary>
            public static Tensor gelu(Tensor input) => input.gelu();

            /// <summary>max(x, 0).</summary>
            public static Tensor relu(Tensor input) => input.relu();

            /// <summary>In training, zeroes elements with probability p and scales the others by 1/(1 − p).</summary>
            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) =>
                training && p > 0 ? Native.Wrap(Native.hpo_dropout(input.Handle, p, true)) : input;

            /// <summary>Adds a value around; pad holds the widths before and after each dimension, the last dimension first.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode == PaddingModes.Constant
                ? Native.Wrap(Native.hpo_pad(input.Handle, pad, pad.Length, value))
                : throw new NotSupportedException($"mode must be Constant, but got {mode}.");

            /// <summary>Where each pixel of an image of a size comes from under an affine map theta, shape [n, 2, 3], of coordinates in [−1, 1].</summary>
            public static Tensor affine_grid(Tensor theta, long[] size, bool align_corners = false) =>
                Native.Wrap(Native.hpo_affine_grid(theta.Handle, size, size.Length, align_corners));

            /// <summary>Reads images, shape [n, c, h, w], at the places of a grid, shape [n, h', w', 2].</summary>
            public static Tensor grid_sample(
                Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear, GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros,
                bool? align_corners = null) => Native.Wrap(Native.hpo_grid_sample(
                    input.Handle, grid.Handle, mode == GridSampleMode.Bilinear ? 0 : 1,
                    padding_mode switch { GridSamplePaddingMode.Border => 1, GridSamplePaddingMode.Reflection => 2, _ => 0 }, align_corners ?? false));

            /// <summary>softmax(q·kᵀ/√d)·v over the last two dimensions (Vaswani et al., arXiv 1706.03762).</summary>
            /// <param name="query">Shape […, t, d].</param>
            /// <param name="key">Shape […, s, d].</param>
            /// <param name="value">Shape […, s, d'].</param>
            /// <param name="attn_mask">Broadcast to […, t, s]: true where t may look at s; or numbers to be added.</param>
            /// <param name="p">Dropout of the weights.</param>
            /// <param name="is_casual">Whether t may look only at s ≤ t. The name is TorchSharp's.</param>
            public static Tensor scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false) =>
                Native.Wrap(Native.hpo_attention(query.Handle, key.Handle, value.Handle, attn_mask?.Handle ?? 0, p, is_casual));
        }
    }
}
