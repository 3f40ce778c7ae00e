using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvCluster.Hosting.Machine;

/// <summary>The system calls that .NET has no name for.</summary>
internal static partial class UnixSignals
{
    private const int Terminate = 15;
    private const int NoSuchProcess = 3;

    // The numbers of SIGSTOP and SIGCONT differ between the systems; those of SIGTERM and of the error do not.
    private static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;
    private static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    /// <summary>Asks a process to end (SIGTERM). One that has ended already is no error.</summary>
    public static void RequestStop(int processId) => Send(processId, Terminate);

    /// <summary>Stops a process where it is (SIGSTOP), until <see cref="Resume"/>.</summary>
    public static void Pause(int processId) => Send(processId, Stop);

    /// <summary>Lets a paused process go on (SIGCONT).</summary>
    public static void Resume(int processId) => Send(processId, Continue);

    private static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentProcessId();

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
