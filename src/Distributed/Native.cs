using System.Runtime.InteropServices;

namespace HpoService.Distributed;

/// <summary>The C interface of native/hpodistributed.h.</summary>
internal static partial class Native
{
    private const string Lib = "hpodistributed";

    /// <summary>Throws what the last call of this thread left behind, if anything.</summary>
    /// <exception cref="ProcessGroupException">c10d's or gloo's message.</exception>
    public static void Check()
    {
        var message = hpo_distributed_error();
        if (message != 0)
            throw new ProcessGroupException(Marshal.PtrToStringUTF8(message)!);
    }

    /// <summary>A pointer that a call returned.</summary>
    public static nint Check(nint pointer)
    {
        if (pointer == 0)
            Check();
        return pointer;
    }

    [LibraryImport(Lib)] public static partial nint hpo_distributed_error();
    [LibraryImport(Lib, StringMarshalling = StringMarshalling.Utf8)] public static partial nint hpo_group_new(string file, int rank, int size, double startSeconds, double seconds);
    [LibraryImport(Lib)] public static partial void hpo_group_free(nint group);
    [LibraryImport(Lib)] public static partial void hpo_group_all_reduce(nint group, nint tensor);
    [LibraryImport(Lib)] public static partial void hpo_group_broadcast(nint group, nint tensor, int root);
    [LibraryImport(Lib)] public static partial nint hpo_group_send(nint group, nint tensor, int to, int tag);
    [LibraryImport(Lib)] public static partial void hpo_sending_wait(nint sending);
    [LibraryImport(Lib)] public static partial void hpo_group_receive(nint group, nint tensor, int from, int tag);
    [LibraryImport(Lib)] public static partial nint hpo_group_batch_norm(
        nint group, nint x, nint weight, nint bias, nint mean, nint variance, [MarshalAs(UnmanagedType.U1)] bool counts, double momentum, double epsilon);
    [LibraryImport(Lib)] public static partial nint hpo_reducer_new(nint group, nint[] parameters, int n, long bucketBytes);
    [LibraryImport(Lib)] public static partial void hpo_reducer_arm(nint reducer);
    [LibraryImport(Lib)] public static partial void hpo_reducer_free(nint reducer);
}
