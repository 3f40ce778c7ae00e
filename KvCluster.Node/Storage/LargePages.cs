using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage;

/// <summary>Large arrays that are looked into at random: the kernel is asked to map them in large pages, or each look costs a walk through its page tables besides.</summary>
/// <remarks>Advice and no more (<c>madvise</c> with MADV_HUGEPAGE, Linux): memory is still taken only where something is written.</remarks>
internal static unsafe partial class LargePages
{
    private const int PageBytes = 2 << 20;
    private const int HugePages = 14;

    /// <param name="pinned">Never moves.</param>
    /// <returns>The same array.</returns>
    public static T[] Advise<T>(T[] pinned)
        where T : unmanaged
    {
        if (OperatingSystem.IsLinux()) Advise((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)), (nuint)pinned.Length * (nuint)sizeof(T));
        return pinned;
    }

    /// <summary>Bytes from the array's first element to the first place in it whose address is a multiple of <paramref name="alignment"/>.</summary>
    public static int OffsetOf<T>(T[] array, int alignment)
        where T : unmanaged
    {
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        return (int)(((nuint)alignment - (start % (nuint)alignment)) % (nuint)alignment);
    }

    // Whole pages only: what lies beside the array is not its business. A kernel without them says no, and nothing is lost.
    private static void Advise(nuint start, nuint bytes)
    {
        var first = (start + PageBytes - 1) & ~(nuint)(PageBytes - 1);
        var end = (start + bytes) & ~(nuint)(PageBytes - 1);
        if (first < end) _ = Advise((void*)first, end - first, HugePages);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
