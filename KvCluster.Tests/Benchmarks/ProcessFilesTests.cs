using KvCluster.Benchmarks.Measurement;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

public sealed class ProcessFilesTests
{
    [Fact]
    public void ProcessorTime_OfThisProcess_IsWhatTheRuntimeSays()
    {
        var before = Environment.CpuUsage.TotalTime;
        var measured = ProcessFiles.ProcessorTime(Environment.ProcessId);
        var after = Environment.CpuUsage.TotalTime;
        var tick = TimeSpan.FromMilliseconds(20);
        Assert.NotNull(measured);
        Assert.InRange(measured.Value, before - tick, after + tick);
    }

    [Fact]
    public void ResidentMemory_OfThisProcess_IsTheSumOfItsParts()
    {
        var memory = ProcessFiles.ResidentMemory(Environment.ProcessId);
        Assert.NotNull(memory);
        Assert.InRange(memory.Value.Anonymous + memory.Value.File, 1, memory.Value.Total);
    }

    [Fact]
    public void ResidentMemory_NoSuchProcess_IsNothing()
    {
        Assert.Null(ProcessFiles.ResidentMemory(int.MaxValue));
        Assert.Null(ProcessFiles.ProcessorTime(int.MaxValue));
    }
}
