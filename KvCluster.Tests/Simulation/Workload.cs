using System.Globalization;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.State;
using KvCluster.Core.Steps;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Simulation;

/// <summary>Draws operations, turns them into commands, and reads values back into the model's words.</summary>
internal sealed class Workload(SimWorld world)
{
    private long _lastValue;

    /// <param name="listable">Keys that a listing may name beside this one: those of the same node.</param>
    public ClientCall Draw(SimRandom random, SimKey key, (long Value, Revision Revision)? seen, Func<IReadOnlyList<SimKey>> listable) => key.Kind switch
    {
        KeyKind.Pair => DrawPair(random, key, seen),
        _ when random.Chance(30) => new ClientCall(key, OperationKind.Read, world.Now) { Listed = listable() },
        KeyKind.Register => DrawRegister(random, key, seen),
        KeyKind.Counter => DrawCounter(random, key),
        _ => DrawDocument(random, key),
    };

    private ClientCall DrawRegister(SimRandom random, SimKey key, (long Value, Revision Revision)? seen)
    {
        switch (random.Below(100))
        {
            case < 30: return Read(key, SimConsistency.Linearizable);
            case < 38: return Read(key, SimConsistency.Replica);
            case < 46: return Read(key, SimConsistency.Bounded((int)random.Between(0, world.Plan.Options.GraceMicroseconds / 500)));
            case < 66: return Put(key, random.Chance(100) ? random.Between(1, 2_000) : 0);
            case < 70: return new ClientCall(key, OperationKind.Put, world.Now) { Argument = ++_lastValue, KeepsLifetime = true };
            case < 76: return Change(key, OperationKind.Put, OperationCondition.Absent);
            case < 80: return Change(key, OperationKind.Put, OperationCondition.Present);
            case < 92 when seen is { } known: return Change(key, OperationKind.Put, OperationCondition.Match, known.Value);
            case < 95 when seen is { } known: return Change(key, OperationKind.Delete, OperationCondition.Match, known.Value);
            default: return Change(key, OperationKind.Delete, OperationCondition.None);
        }
    }

    private ClientCall DrawCounter(SimRandom random, SimKey key) => random.Below(100) switch
    {
        < 25 => Read(key, SimConsistency.Linearizable),
        < 30 => Read(key, SimConsistency.Replica),
        < 82 => new ClientCall(key, OperationKind.Increment, world.Now) { Argument = random.Between(1, 3), IsSteps = random.Chance(300) },
        < 96 => DrawLifetime(random, key),
        _ => Change(key, OperationKind.Delete, OperationCondition.None),
    };

    private ClientCall DrawDocument(SimRandom random, SimKey key) => random.Below(100) switch
    {
        < 35 => Read(key, SimConsistency.Linearizable),
        < 60 => Change(key, OperationKind.PatchFirst, OperationCondition.None),
        < 85 => Change(key, OperationKind.PatchSecond, random.Chance(200) ? OperationCondition.Present : OperationCondition.None),
        < 88 => new ClientCall(key, OperationKind.PatchFirst, world.Now),
        < 95 => DrawLifetime(random, key),
        _ => Change(key, OperationKind.Delete, OperationCondition.None),
    };

    private ClientCall DrawPair(SimRandom random, SimKey key, (long Value, Revision Revision)? seen) => random.Below(100) switch
    {
        < 30 => Read(key, SimConsistency.Linearizable),
        < 35 => Read(key, SimConsistency.Replica),
        < 55 when seen is { } known => new ClientCall(key, OperationKind.PutBoth, world.Now) { Argument = ++_lastValue, Condition = OperationCondition.Match, Expected = known.Value, IsSteps = true },
        < 75 => new ClientCall(key, OperationKind.PutBoth, world.Now) { Argument = ++_lastValue, IsSteps = true },
        < 83 => Change(key, OperationKind.PutFirst, OperationCondition.None),
        < 91 => Change(key, OperationKind.PutSecond, OperationCondition.None),
        _ => new ClientCall(key, OperationKind.DeleteBoth, world.Now) { IsSteps = true },
    };

    // Given or taken, in a command of its own or as a step. No key of a kind that is compared by its revision has such changes: they make a new revision of an old value.
    private ClientCall DrawLifetime(SimRandom random, SimKey key)
    {
        var isSteps = random.Chance(400);
        var isGiven = random.Chance(600);
        return new ClientCall(key, isGiven || !isSteps ? OperationKind.ChangeLifetime : OperationKind.Persist, world.Now)
        {
            Lifetime = isGiven ? ++_lastValue : 0,
            TimeToLiveMilliseconds = isGiven ? random.Between(1, 2_000) : 0,
            IsSteps = isSteps,
        };
    }

    public ClientCall Read(SimKey key, SimConsistency consistency) => new(key, OperationKind.Read, world.Now) { Consistency = consistency, Listed = key.Other is { } other ? [other] : [] };

    private ClientCall Put(SimKey key, long timeToLive)
    {
        var value = ++_lastValue;
        return new(key, OperationKind.Put, world.Now) { Argument = value, TimeToLiveMilliseconds = timeToLive, Lifetime = timeToLive > 0 ? value : 0 };
    }

    private ClientCall Change(SimKey key, OperationKind kind, OperationCondition condition, long expected = 0) =>
        new(key, kind, world.Now) { Argument = kind == OperationKind.Delete ? 0 : ++_lastValue, Condition = condition, Expected = expected };

    public static Command CommandOf(ClientCall call, Revision expected)
    {
        var condition = call.ConditionOf(expected);
        if (call.IsSteps) return StepsOf(call, expected);
        return call.Kind switch
        {
            OperationKind.Put or OperationKind.PutFirst or OperationKind.PutSecond => new PutCommand
            {
                Key = call.Kind == OperationKind.PutSecond ? call.Key.Other!.Bytes : call.Key.Bytes,
                Condition = condition,
                RequestId = call.Id,
                Value = TextOf(call.Argument),
                Expiry = ExpiryOf(call),
            },
            OperationKind.ChangeLifetime => new ExpireCommand { Key = call.Key.Bytes, RequestId = call.Id, Expiry = ExpiryOf(call) },
            OperationKind.Delete => new DeleteCommand { Key = call.Key.Bytes, Condition = condition, RequestId = call.Id },
            OperationKind.Increment => new IncrementCommand { Key = call.Key.Bytes, RequestId = call.Id, By = call.Argument },
            _ => new PatchCommand { Key = call.Key.Bytes, Condition = condition, RequestId = call.Id, Kind = PatchKind.Merge, Patch = PatchOf(call) },
        };
    }

    private static Expiry ExpiryOf(ClientCall call) =>
        call.KeepsLifetime ? Expiry.Keep : call.TimeToLiveMilliseconds > 0 ? Expiry.After(TimeSpan.FromMilliseconds(call.TimeToLiveMilliseconds)) : Expiry.Never;

    private static byte[] TextOf(long value) => Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    // Several steps of one entry: what the second sees is what the first did, and none of them happens without the others.
    private static StepsCommand StepsOf(ClientCall call, Revision expected)
    {
        var steps = new StepWriter();
        switch (call.Kind)
        {
            case OperationKind.ChangeLifetime:
                steps.Add(StepOperation.Expire, call.Key.Bytes, second: call.TimeToLiveMilliseconds, expiry: ExpiryKind.After);
                break;
            case OperationKind.Persist:
                steps.Add(StepOperation.Persist, call.Key.Bytes);
                break;
            case OperationKind.PutBoth:
                if (call.Condition == OperationCondition.Match) steps.Add(StepOperation.Watch, call.Key.Bytes, (long)expected.Value);
                foreach (var half in (ReadOnlySpan<SimKey>)[call.Key, call.Key.Other!])
                {
                    steps.Add(StepOperation.Set, half.Bytes, isFlagged: true);
                    steps.Argument(TextOf(call.Argument));
                }

                break;
            case OperationKind.DeleteBoth:
                steps.Add(StepOperation.Delete, call.Key.Bytes);
                steps.Add(StepOperation.Delete, call.Key.Other!.Bytes);
                break;
            default:
                steps.Add(StepOperation.Increment, call.Key.Bytes, call.Argument);
                steps.Add(StepOperation.Get, call.Key.Bytes);
                break;
        }

        return new StepsCommand { Key = call.Key.Bytes, Steps = steps.ToPayload().AsMemory(CommandView.FixedBytes + call.Key.Bytes.Length) };
    }

    public static KeyContent StateOf(SimKey key, StoredValue value)
    {
        var lifetime = value.ExpiresAt == 0 ? 0 : 1;
        if (key.Kind != KeyKind.Document) return KeyContent.Of(NumberOf(value.Bytes)) with { Lifetime = lifetime };
        using var document = System.Text.Json.JsonDocument.Parse(value.Bytes);
        return KeyContent.Of(Field(document.RootElement, "a"), Field(document.RootElement, "b")) with { Lifetime = lifetime };
    }

    public static KeyContent PairOf(StoredValue? first, StoredValue? second) =>
        KeyContent.OfHalves(first is null ? 0 : NumberOf(first.Bytes), second is null ? 0 : NumberOf(second.Bytes));

    public static long NumberOf(ReadOnlyMemory<byte> text) => long.Parse(text.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static long Field(System.Text.Json.JsonElement document, string name) => document.TryGetProperty(name, out var field) ? field.GetInt64() : 0;

    private static byte[] PatchOf(ClientCall call)
    {
        var field = call.Kind == OperationKind.PatchFirst ? "a" : "b";
        return Encoding.ASCII.GetBytes(call.Argument == 0 ? $"{{\"{field}\":null}}" : string.Create(CultureInfo.InvariantCulture, $"{{\"{field}\":{call.Argument}}}"));
    }
}
