using System.Globalization;
using System.Runtime.InteropServices;

namespace KvCluster.Benchmarks.Measurement;

/// <summary>Reads what the kernel says of a process under <c>/proc</c>.</summary>
internal static partial class ProcessFiles
{
    private const int ClockTicksName = 2;

    // Fields of /proc/PID/stat after the name of the program, which is the only one that may contain spaces.
    private const int UserTicksField = 11;
    private const int SystemTicksField = 12;
    private static readonly double TicksPerSecond = SystemConfiguration(ClockTicksName);

    /// <summary>Processor time of a process since its start, all threads, user and system; exact to a tick, usually 10 ms.</summary>
    /// <returns>Nothing when there is no such process.</returns>
    public static TimeSpan? ProcessorTime(int processId)
    {
        if (Read(processId, "stat") is not { } stat)
            return null;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Number(fields[UserTicksField]) + Number(fields[SystemTicksField]);
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <returns>Nothing when there is no such process.</returns>
    public static ResidentMemory? ResidentMemory(int processId)
    {
        if (Read(processId, "status") is not { } status)
            return null;
        var lines = status.Split('\n');
        return new ResidentMemory(Bytes(lines, "VmRSS:"), Bytes(lines, "RssAnon:"), Bytes(lines, "RssFile:"));
    }

    private static long Bytes(string[] lines, string name)
    {
        const int BytesPerKibibyte = 1024;
        var line = lines.First(candidate => candidate.StartsWith(name, StringComparison.Ordinal));
        return Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal)) * BytesPerKibibyte;
    }

    private static string? Read(int processId, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{file}"));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text.Trim(), CultureInfo.InvariantCulture);

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial nint SystemConfiguration(int name);
}
