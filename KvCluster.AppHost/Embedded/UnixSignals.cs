using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvCluster.AppHost.Embedded;

/// <summary>The two system calls that .NET has no name for.</summary>
internal static partial class UnixSignals
{
    private const int Terminate = 15;
    private const int NoSuchProcess = 3;

    /// <summary>Asks a process to end (SIGTERM). One that has ended already is no error.</summary>
    public static void RequestStop(int processId)
    {
        if (Kill(processId, Terminate) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentProcessId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
