using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvCluster.Tests.Processes;

/// <summary>Halts a process and lets it go on, as a virtual machine or a full disk queue does to servers.</summary>
internal static partial class Signals
{
    private static int Stop => OperatingSystem.IsMacOS() ? 17 : 19;
    private static int Continue => OperatingSystem.IsMacOS() ? 19 : 18;

    public static void Pause(int processId) => Send(processId, Stop);
    public static void Interrupt(int processId) => Send(processId, 2);
    public static void Resume(int processId) => Send(processId, Continue);

    private static void Send(int processId, int signal)
    {
        if (Kill(processId, signal) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
