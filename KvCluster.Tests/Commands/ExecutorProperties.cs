using CsCheck;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Commands;

public sealed class ExecutorProperties
{
    private static readonly Gen<string> Keys = Gen.Int[0, 5].Select(number => $"key{number}");

    private static readonly Gen<Expiry> Expiries = Gen.OneOf(
        Gen.Const(Expiry.Never), Gen.Const(Expiry.Keep), Gen.Int[0, 300].Select(span => Expiry.After(TimeSpan.FromMilliseconds(span))));

    private static readonly Gen<Condition> Conditions = Gen.Frequency(
        (5, Gen.Const(Condition.None)), (1, Gen.Const(Condition.Absent)), (1, Gen.Const(Condition.Present)));

    // Sequences, stamps and first incompletes of any order, so that every branch of the look-up is met.
    private static readonly Gen<(ulong Sequence, int Age, ulong Below, int Client)> Ids =
        Gen.Select(Gen.ULong[1, 20], Gen.Int[-400, 400], Gen.ULong[0, 20], Gen.Int[1, 3]);

    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Select(Keys, Expiries, Conditions, Ids, (key, expiry, condition, id) => new Step(Make.Put(key, "1", expiry, condition), id))),
        (4, Gen.Select(Keys, Ids, (key, id) => new Step(Make.Increment(key), id))),
        (2, Gen.Select(Keys, Conditions, Ids, (key, condition, id) => new Step(Make.Delete(key, condition), id))),
        (2, Gen.Select(Keys, Ids, (key, id) => new Step(Make.Merge(key, "{\"a\":1}"), id))),
        (1, Gen.Select(Keys, Expiries, Ids, (key, expiry, id) => new Step(Make.Expire(key, expiry), id))),
        (1, Gen.Int[0, 3].Select(limit => new Step(new ExpireDue(limit)))),
        (1, Gen.Int[0, 300].Select(age => new Step(null, Horizon: age))));

    private static readonly Gen<(Step Step, int Pause, bool HasId)> TimedSteps = Gen.Select(Steps, Gen.Int[0, 60], Gen.Bool);

    [Fact]
    public void Apply_InAnyBatching_WithAnyRestart_GivesTheSameRowsAndOutcomes() =>
        Gen.Select(TimedSteps.Array[1, 80], Gen.Int[1, 10].Array[1, 40], Gen.Int[0, 3]).Sample((steps, sizes, restartEvery) =>
        {
            var (one, many) = (new TestNode(), new TestNode(ownsAllSlots: false));
            var outcomes = Run(one, steps);
            var others = new List<Outcome>();
            for (var (start, round) = (0, 0); start < one.Log.Count; round++)
            {
                var size = Math.Min(sizes[round % sizes.Length], one.Log.Count - start);
                others.AddRange(many.ApplyBatch(one.Log.GetRange(start, size)));
                start += size;
                if (restartEvery > 0 && round % restartEvery == 0) many.Restart();
            }

            Assert.Equal(outcomes, others.Skip(1));
            Assert.Equal(one.Digest, many.Digest);
        });

    [Fact]
    public void Retries_InAnyOrderAndNumber_ExecuteOnce() =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[0, 11].Array[1, 60]).Sample((count, attempts) =>
        {
            var node = new TestNode();
            var stamp = node.Now;
            var answers = new Dictionary<int, Outcome>();
            foreach (var attempt in attempts.Select(attempt => attempt % count))
            {
                var outcome = node.Apply(Make.Increment("n", 1, Make.Id((ulong)attempt + 1, stamp)));
                if (answers.TryGetValue(attempt, out var first)) Assert.Equal(first, outcome);
                answers[attempt] = outcome;
                if (attempt % 5 == 0) node.Restart();
            }

            Assert.Equal(answers.Count, int.Parse(node.Text("n")!, System.Globalization.CultureInfo.InvariantCulture));
        });

    [Fact]
    public void Expiry_IsDecidedByTheLogAlone() =>
        Gen.Select(Gen.Int[1, 200].Array[1, 20], Gen.Int[1, 250]).Sample((lives, wait) =>
        {
            var node = new TestNode();
            var start = node.Now;
            for (var i = 0; i < lives.Length; i++) node.Apply(Make.Put($"k{i}", "v", Expiry.At(start.Milliseconds + lives[i])));
            node.Tick(TimeSpan.FromMilliseconds(wait));
            var readable = Enumerable.Range(0, lives.Length).Where(i => node.Read($"k{i}") is not null).ToArray();
            Assert.Equal(Enumerable.Range(0, lives.Length).Where(i => lives[i] > wait), readable);
            node.Apply(new ExpireDue(1_000));
            Assert.Equal(readable, Enumerable.Range(0, lives.Length).Where(i => node.State.Get(Core.State.StateRow.Data(Make.Bytes($"k{i}"))) is not null));
        });

    private static List<Outcome> Run(TestNode node, IEnumerable<(Step Step, int Pause, bool HasId)> steps)
    {
        var outcomes = new List<Outcome>();
        foreach (var (step, pause, hasId) in steps)
        {
            node.Wait(TimeSpan.FromMilliseconds(pause));
            outcomes.Add(step.Work switch
            {
                Command command => node.Apply(hasId ? command with { RequestId = IdAt(step.Id, node.Now) } : command),
                ControlRecord record => node.Apply(record),
                _ => node.Apply(new DedupHorizon(node.Now.SubtractMilliseconds(step.Horizon))),
            });
        }

        return outcomes;
    }

    private static Protocol.Requests.RequestId IdAt((ulong Sequence, int Age, ulong Below, int Client) id, Revision now)
    {
        if (id.Sequence == 20) return Make.Opaque(id.Client);
        var stamp = id.Age >= 0 ? now.SubtractMilliseconds(id.Age) : now.AddMilliseconds(-id.Age * 200);
        return Make.Id(id.Sequence, stamp, Math.Min(id.Below, id.Sequence), id.Client);
    }

    private sealed record Step(object? Work, (ulong Sequence, int Age, ulong Below, int Client) Id = default, int Horizon = 0);
}
