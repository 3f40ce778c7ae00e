using KvCluster.Core.Commands;
using KvCluster.Core.Steps;

namespace KvCluster.Tests.Steps;

public sealed class StepWriterTests
{
    [Fact]
    public void Add_BeyondTheLargestNumber_IsRefusedAndTheRestStaysReadable()
    {
        var writer = Full();
        Assert.False(writer.HasRoom(1, 1));
        Assert.Throws<InvalidOperationException>(() => writer.Add(StepOperation.Delete, "a"u8));
        StepPayload.Check(writer.Payload);
        Assert.Equal(CommandLimits.StepsMax, writer.Count);
    }

    [Fact]
    public void Append_BeyondTheLargestNumber_IsRefused()
    {
        var one = new StepWriter();
        one.Add(StepOperation.Delete, "a"u8);
        Assert.Throws<InvalidOperationException>(() => one.Append(Full()));
    }

    [Fact]
    public void HasRoom_CountsTheStepsOfTheRequest()
    {
        var writer = new StepWriter();
        for (var i = 0; i < 40_000; i++) writer.Add(StepOperation.Delete, "a"u8);
        Assert.True(writer.HasRoom(100_000, CommandLimits.StepsMax - 40_000));
        Assert.False(writer.HasRoom(100_000, 40_000));
    }

    [Fact]
    public void HasRoom_LargestKeysAndManyOfThem_FitWhenItSaysSo()
    {
        var key = new byte[CommandLimits.KeyBytesMax];
        var count = 1;
        while (new StepWriter().HasRoom((long)(count + 1) * key.Length, count + 1)) count++;
        var writer = new StepWriter();
        for (var i = 0; i < count; i++) writer.Add(StepOperation.Expire, key, 1, 1, default, ExpiryKind.After);
        StepPayload.Check(writer.Payload);
        Assert.InRange(writer.Bytes, StepWriter.PayloadBytesMax / 2, StepWriter.PayloadBytesMax);
    }

    [Theory]
    [InlineData(StepOperation.Set, "")]
    [InlineData(StepOperation.Set, "a b")]
    [InlineData(StepOperation.Rename, "")]
    [InlineData(StepOperation.Get, "a")]
    [InlineData(StepOperation.SetAllAbsent, "a b")]
    [InlineData(StepOperation.SetAllAbsent, "")]
    [InlineData(StepOperation.HashSet, "a")]
    [InlineData(StepOperation.HashSet, "a b c")]
    [InlineData(StepOperation.HashIncrementFloat, "a")]
    [InlineData((StepOperation)99, "")]
    public void Check_WrongArguments_Throws(StepOperation operation, string arguments)
    {
        var writer = new StepWriter();
        writer.Add(operation, "key"u8);
        foreach (var argument in arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)) writer.Argument(System.Text.Encoding.ASCII.GetBytes(argument));
        Assert.Throws<ArgumentException>(() => StepPayload.Check(writer.Payload));
    }

    [Theory]
    [InlineData(StepOperation.Rename, 0)]
    [InlineData(StepOperation.Rename, CommandLimits.KeyBytesMax + 1)]
    public void Check_SecondKeyOfAnImpossibleLength_Throws(StepOperation operation, int length)
    {
        var writer = new StepWriter();
        writer.Add(operation, "key"u8);
        writer.Argument(new byte[length]);
        Assert.Throws<ArgumentException>(() => StepPayload.Check(writer.Payload));
    }

    [Fact]
    public void Check_BytesChangedAnywhere_ThrowsOrTheMachineReadsThem()
    {
        var writer = new StepWriter();
        writer.Add(StepOperation.Set, "key"u8);
        writer.Argument("value"u8);
        writer.Add(StepOperation.HashSet, "h"u8);
        writer.Argument("f"u8);
        writer.Argument("v"u8);
        writer.Add(StepOperation.GetRange, "key"u8, -3, 7);
        var refused = 0;
        for (var at = 0; at < writer.Bytes; at++)
        {
            for (var value = 0; value < 256; value += 5)
            {
                var payload = writer.ToPayload();
                payload[at] = (byte)value;
                try
                {
                    StepPayload.Check(payload);
                }
                catch (ArgumentException)
                {
                    refused++;
                    continue;
                }

                new Commands.TestNode().Apply(Core.Log.EntryKind.Command, payload);
            }
        }

        Assert.InRange(refused, 1_000, int.MaxValue);
    }

    private static StepWriter Full()
    {
        var writer = new StepWriter();
        for (var i = 0; i < CommandLimits.StepsMax; i++) writer.Add(StepOperation.Delete, "a"u8);
        return writer;
    }
}
