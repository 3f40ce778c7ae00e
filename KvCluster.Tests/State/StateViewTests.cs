using CsCheck;
using KvCluster.Core.Commands;
using KvCluster.Core.State;
using KvCluster.Protocol.Slots;
using KvCluster.Tests.Commands;

namespace KvCluster.Tests.State;

public sealed class StateViewTests
{
    private readonly TestNode _node = new();

    [Fact]
    public void List_PageByPage_ShowsEveryKeyWithThePrefixOnceAndInOrder() =>
        Gen.Select(Gen.Byte[250, 255].Array[1, 3].Array[0, 30], Gen.Byte[250, 255].Array[0, 2], Gen.Int[1, 4]).Sample((keys, prefix, limit) =>
        {
            var node = new TestNode();
            foreach (var key in keys) node.Apply(new PutCommand { Key = key, Value = key });
            var listed = new List<byte[]>();
            for (byte[]? after = []; after is not null;)
            {
                var (items, next) = node.Executor.List(node.State, prefix, after, limit, int.MaxValue, withValues: true);
                Assert.InRange(items.Count, 0, limit);
                Assert.All(items, item => Assert.Equal(item.Key, item.Value.Bytes.ToArray()));
                listed.AddRange(items.Select(item => item.Key));
                after = next;
            }

            var expected = keys.Where(key => key.AsSpan().StartsWith(prefix)).Distinct(new SameBytes()).Order(RowOrder.Instance);
            Assert.Equal(expected.Select(Convert.ToHexString), listed.Select(Convert.ToHexString));
        });

    [Fact]
    public void List_EndsAPageOnceItsValuesReachTheSize()
    {
        for (var i = 0; i < 5; i++) _node.Apply(Make.Put($"k{i}", new string('v', 10)));
        var (items, next) = _node.Executor.List(_node.State, "k"u8, [], 100, 20, withValues: true);
        Assert.Equal(2, items.Count);
        Assert.Equal("k1"u8.ToArray(), next);
        (items, next) = _node.Executor.List(_node.State, "k"u8, [], 100, 20, withValues: false);
        Assert.Equal((5, null), (items.Count, next));
        Assert.All(items, item => Assert.Equal(0, item.Value.Bytes.Length));
    }

    [Fact]
    public void List_LeavesOutWhatHasExpired()
    {
        _node.Apply(Make.Put("a", "v", Expiry.After(TimeSpan.FromSeconds(1))));
        _node.Apply(Make.Put("b", "v"));
        _node.Tick(TimeSpan.FromSeconds(1));
        var (items, next) = _node.Executor.List(_node.State, [], [], 1, 100, withValues: false);
        Assert.Equal("b"u8.ToArray(), Assert.Single(items).Key);
        Assert.Null(next);
    }

    [Fact]
    public void List_WithAfterBeforeThePrefix_BeginsAtThePrefix()
    {
        _node.Apply(Make.Put("b1", "v"));
        var (items, _) = _node.Executor.List(_node.State, "b"u8, "a"u8, 10, 100, withValues: false);
        Assert.Single(items);
    }

    [Fact]
    public void Row_OfAnEarlierGeneration_IsInvisible()
    {
        _node.Apply(Make.Put("k", "v"));
        var view = _node.Executor.View;
        Assert.NotNull(view.TryRead(_node.State, "k"u8));
        var again = view with { Slots = view.Slots.With([new SlotRange(0, 16_383)], slot => slot with { SlotEpoch = 2 }) };
        Assert.Null(again.TryRead(_node.State, "k"u8));
        Assert.Empty(again.List(_node.State, [], [], 10, 100, withValues: true).Items);
        var fenced = view with { Slots = view.Slots.With([new SlotRange(0, 16_383)], slot => slot with { Role = SlotRole.Fenced }) };
        Assert.Null(fenced.TryRead(_node.State, "k"u8));
    }

    [Fact]
    public void Digest_TellsStatesApart()
    {
        var other = new TestNode();
        Assert.Equal(_node.Digest, other.Digest);
        _node.Apply(Make.Put("k", "v"));
        Assert.NotEqual(_node.Digest, other.Digest);
        other.Apply(Make.Put("k", "v"));
        Assert.Equal(_node.Digest, other.Digest);
    }

    private sealed class SameBytes : IEqualityComparer<byte[]>
    {
        public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);
        public int GetHashCode(byte[] bytes) => bytes.Length == 0 ? 0 : bytes[0];
    }
}
