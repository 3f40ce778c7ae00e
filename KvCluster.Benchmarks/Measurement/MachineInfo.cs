using System.Runtime.InteropServices;

namespace KvCluster.Benchmarks.Measurement;

/// <summary>Where a measurement was made; figures of two machines do not compare.</summary>
internal sealed record MachineInfo(int Cores, string Processor, string System, string Runtime, DateTimeOffset Time)
{
    public static MachineInfo Here() => new(
        Environment.ProcessorCount,
        ProcessorName(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        DateTimeOffset.UtcNow);

    private static string ProcessorName()
    {
        const string Name = "model name";
        const string ProcessorFile = "/proc/cpuinfo";
        var line = File.ReadLines(ProcessorFile).FirstOrDefault(candidate => candidate.StartsWith(Name, StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
