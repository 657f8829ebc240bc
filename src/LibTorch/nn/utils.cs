using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What is done to gradients.</summary>
        public static class utils
        {
            /// <summary>Scales gradients so that their norm together is at most max_norm (Pascanu et al., arXiv 1211.5063).</summary>
            /// <returns>The norm before.</returns>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2)
            {
                var handles = Native.Handles(tensors);
                var norm = Native.hpo_clip_grad_norm(handles, handles.Length, max_norm, norm_type);
                Native.Check();
                return norm;
            }

            /// <summary>Moves every element of the gradients into [−clip_value, clip_value].</summary>
            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                var handles = Native.Handles(tensors);
                Native.hpo_clip_grad_value(handles, handles.Length, clip_value);
                Native.Check();
            }
        }
    }
}
