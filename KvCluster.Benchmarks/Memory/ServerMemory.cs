using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Memory;

/// <summary>What one server has in RAM, in MiB.</summary>
internal sealed record ServerMemory(string Name, double ResidentMebibytes, double AnonymousMebibytes, double FileMebibytes)
{
    private const double BytesPerMebibyte = 1 << 20;

    public static IReadOnlyList<ServerMemory> Of(IEnumerable<WatchedProcess> processes) =>
    [
        .. from process in processes
           let memory = ProcessFiles.ResidentMemory(process.ProcessId)
           where memory is not null
           select new ServerMemory(process.Name, Mebibytes(memory.Value.Total), Mebibytes(memory.Value.Anonymous), Mebibytes(memory.Value.File)),
    ];

    private static double Mebibytes(long bytes) => Math.Round(bytes / BytesPerMebibyte, 1);
}
