using System.Text;
using CsCheck;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Steps;
using KvCluster.Tests.Commands;

namespace KvCluster.Tests.Steps;

public sealed class HashBodyTests
{
    // A field of no bytes whose value has -8: the walk would come back to where it was for ever.
    private static readonly byte[] Endless = [1, 0, 0, 0, 0, 0xf8, 0xff, 0xff, 0xff];

    private static readonly StepOperation[] HashOperations = [.. Enum.GetValues<StepOperation>().Where(operation => operation >= StepOperation.HashSet)];

    [Fact]
    public void AnyBytes_AreWalkedToAnEnd()
    {
        var wellFormed = 0;
        Gen.Select(Gen.Byte[0, 1].Array[0, 12], Gen.Byte.Array[0, 40], Gen.Int[0, 2]).Sample((small, any, which) =>
        {
            byte[] body = which == 0 ? [1, .. any] : [1, .. small];
            if (HashBody.IsWellFormed(body)) Interlocked.Increment(ref wellFormed);
            Assert.InRange(HashBody.Count(body), 0, body.Length / 8);
            HashBody.TryFind(body, "x"u8, out _, out _);
        }, iter: 50_000);
        Assert.InRange(wellFormed, 1, int.MaxValue);
        Assert.False(HashBody.IsWellFormed(Endless));
    }

    [Fact]
    public void StoredBytesThatAreNoHash_AreOfTheWrongTypeForEveryStep()
    {
        Gen.Select(Gen.Byte[0, 3].Array[0, 30], Gen.Byte[0, 2]).Sample((rest, format) =>
        {
            byte[] body = [format, .. rest];
            AssertWrongType(HashBody.IsWellFormed(body) ? Endless : body);
        }, iter: 300);
        AssertWrongType([]);
        AssertWrongType([1]);
        AssertWrongType(Endless);
    }

    [Fact]
    public void ManyFieldsAtOnce_AreAsOneAfterTheOther()
    {
        var name = Gen.Int[0, 12].Select(number => "f" + number);
        Gen.Select(Gen.Select(name, Gen.Int[0, 99]).Array[1, 12].Array[1, 4], name.Array[1, 8]).Sample((rounds, removed) =>
        {
            var (node, model, order) = (new TestNode(), new Dictionary<string, string>(), new List<string>());
            foreach (var round in rounds)
            {
                var added = 0;
                foreach (var (field, number) in round)
                {
                    if (!model.ContainsKey(field))
                    {
                        order.Add(field);
                        added++;
                    }

                    model[field] = Text(number);
                }

                Assert.Equal(added, Run(node, StepOperation.HashSet, [.. round.SelectMany(one => new[] { one.Item1, Text(one.Item2) })]).Number);
            }

            Assert.Equal(order.SelectMany(field => new[] { field, model[field] }), Texts(Run(node, StepOperation.HashGetAll)));
            Assert.Equal(removed.Select(model.GetValueOrDefault), Texts(Run(node, StepOperation.HashGetMany, removed)));
            Assert.Equal(removed.Distinct().Count(model.ContainsKey), Run(node, StepOperation.HashDelete, removed).Number);
            Assert.Equal(order.Except(removed).SelectMany(field => new[] { field, model[field] }), Texts(Run(node, StepOperation.HashGetAll)));
        }, iter: 500);
    }

    // One by one this would copy a hundred gigabytes and compare forty billion names.
    [Fact]
    public void ManyFields_CostTheirNumberAndNotItsSquare()
    {
        var node = new TestNode();
        var fields = Enumerable.Range(0, 200_000).Select(i => "f" + i).ToArray();
        Assert.Equal(fields.Length, Run(node, StepOperation.HashSet, [.. fields.SelectMany(field => new[] { field, "v" })]).Number);
        Assert.Equal(fields.Length, Run(node, StepOperation.HashGetMany, fields).Items!.Count(item => item.Kind == StepReplyKind.Bytes));
        Assert.Equal(fields.Length - 1, Run(node, StepOperation.HashDelete, fields[1..]).Number);
        Assert.Equal(["f0", "v"], Texts(Run(node, StepOperation.HashGetAll)));
    }

    private static void AssertWrongType(byte[] body)
    {
        foreach (var operation in HashOperations)
        {
            var node = new TestNode();
            node.Apply(new PutCommand { Key = "h"u8.ToArray(), Value = body, ContentType = HashBody.ContentTypeName });
            string[] arguments = operation switch
            {
                StepOperation.HashGetAll or StepOperation.HashCount => [],
                StepOperation.HashSet or StepOperation.HashSetAbsent or StepOperation.HashIncrementFloat => ["1", "1"],
                _ => ["1"],
            };
            Assert.Equal(StepFault.WrongType, Run(node, operation, arguments).Fault);
            Assert.Equal(body, node.Read("h")!.Bytes.ToArray());
        }
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static StepReply Run(TestNode node, StepOperation operation, params string[] arguments)
    {
        var writer = new StepWriter();
        writer.Add(operation, "h"u8);
        foreach (var argument in arguments) writer.Argument(Encoding.UTF8.GetBytes(argument));
        StepPayload.Check(writer.Payload);
        return node.Apply(EntryKind.Command, writer.ToPayload()).Replies!.Single();
    }

    private static IEnumerable<string?> Texts(StepReply reply) => reply.Items!.Select(item => item.Kind == StepReplyKind.Nil ? null : Encoding.UTF8.GetString(item.Bytes.Span));
}
