using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Steps;
using KvCluster.Tests.Commands;

namespace KvCluster.Tests.Steps;

/// <summary>Small requests on large values: what they may cost is bounded, and both servers draw the line at the same step.</summary>
public sealed class StepBudgetTests
{
    private const int Large = CommandLimits.ValueBytesMax;

    // The step that spends the budget is still carried out.
    private const int LargeValuesMax = (int)(CommandLimits.StepsWorkBytesMax / Large);

    [Theory]
    [InlineData(StepOperation.Get)]
    [InlineData(StepOperation.Describe)]
    [InlineData(StepOperation.Append)]
    [InlineData(StepOperation.GetRange)]
    public void ManyStepsOnALargeValue_AreRefusedOnceTheBudgetIsSpent(StepOperation operation)
    {
        var steps = new StepWriter();
        for (var i = 0; i < 1_000; i++)
        {
            steps.Add(operation, "large"u8, 0, -1);
            if (operation == StepOperation.Append) steps.Argument(""u8);
        }

        var (replies, other) = (Node().Apply(EntryKind.Command, steps.ToPayload()).Replies!, Node().Apply(EntryKind.Command, steps.ToPayload()).Replies!);
        var done = replies.TakeWhile(reply => reply.Fault == default).Count();
        Assert.InRange(done, 1, LargeValuesMax + 1);
        Assert.All(replies.Skip(done), reply => Assert.Equal(StepFault.BudgetSpent, reply.Fault));
        Assert.Equal(replies.Select(reply => reply.Fault), other.Select(reply => reply.Fault));
    }

    [Fact]
    public void OneFieldAskedForManyTimes_IsAnsweredWithinTheBudget()
    {
        var node = new TestNode();
        var set = new StepWriter();
        set.Add(StepOperation.HashSet, "h"u8);
        set.Argument("f"u8);
        set.Argument(new byte[1 << 20]);
        node.Apply(EntryKind.Command, set.ToPayload());
        var ask = new StepWriter();
        ask.Add(StepOperation.HashGetMany, "h"u8);
        for (var i = 0; i < 100_000; i++) ask.Argument("f"u8);
        Assert.Equal(StepFault.BudgetSpent, node.Executor.ReadSteps(node.State, ask.Payload, 0).Single().Fault);
    }

    [Fact]
    public void RefusedStep_ChangesNothing()
    {
        var node = Node();
        var steps = new StepWriter();
        for (var i = 0; i <= LargeValuesMax; i++) steps.Add(StepOperation.Get, "large"u8);
        steps.Add(StepOperation.GetDelete, "large"u8);
        Assert.Equal(StepFault.BudgetSpent, node.Apply(EntryKind.Command, steps.ToPayload()).Replies![^1].Fault);
        Assert.Equal(Large, node.Read("large")!.Bytes.Length);
    }

    [Fact]
    public void LargestHash_CanBeReadWhole()
    {
        var node = new TestNode();
        var set = new StepWriter();
        set.Add(StepOperation.HashSet, "h"u8);
        var bytes = 1;
        var count = 0;
        while (bytes < Large - 16)
        {
            var name = Encoding.ASCII.GetBytes($"{count++:x}");
            set.Argument(name);
            set.Argument([]);
            bytes += 8 + name.Length;
        }

        Assert.Equal(count, node.Apply(EntryKind.Command, set.ToPayload()).Replies!.Single().Number);
        var all = new StepWriter();
        all.Add(StepOperation.HashGetAll, "h"u8);
        Assert.Equal(count * 2, node.Executor.ReadSteps(node.State, all.Payload, 0).Single().Items!.Count);
    }

    private static TestNode Node()
    {
        var node = new TestNode();
        node.Apply(new PutCommand { Key = "large"u8.ToArray(), Value = new byte[Large], ContentType = "" });
        return node;
    }
}
