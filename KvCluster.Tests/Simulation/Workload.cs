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
            case < 70: return Put(key, random.Chance(100) ? random.Between(1, 2_000) : 0);
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
        < 96 => new ClientCall(key, OperationKind.Increment, world.Now) { Argument = random.Between(1, 3), IsSteps = random.Chance(300) },
        _ => Change(key, OperationKind.Delete, OperationCondition.None),
    };

    private ClientCall DrawDocument(SimRandom random, SimKey key) => random.Below(100) switch
    {
        < 35 => Read(key, SimConsistency.Linearizable),
        < 60 => Change(key, OperationKind.PatchFirst, OperationCondition.None),
        < 85 => Change(key, OperationKind.PatchSecond, random.Chance(200) ? OperationCondition.Present : OperationCondition.None),
        < 90 => new ClientCall(key, OperationKind.PatchFirst, world.Now),
        _ => Change(key, OperationKind.Delete, OperationCondition.None),
    };

    public ClientCall Read(SimKey key, SimConsistency consistency) => new(key, OperationKind.Read, world.Now) { Consistency = consistency };

    private ClientCall Put(SimKey key, long timeToLive) => new(key, OperationKind.Put, world.Now) { Argument = ++_lastValue, TimeToLiveMilliseconds = timeToLive };

    private ClientCall Change(SimKey key, OperationKind kind, OperationCondition condition, long expected = 0) =>
        new(key, kind, world.Now) { Argument = kind == OperationKind.Delete ? 0 : ++_lastValue, Condition = condition, Expected = expected };

    public static Command CommandOf(ClientCall call, Revision expected)
    {
        var condition = call.ConditionOf(expected);
        return call.Kind switch
        {
            OperationKind.Put => new PutCommand
            {
                Key = call.Key.Bytes,
                Condition = condition,
                RequestId = call.Id,
                Value = Encoding.ASCII.GetBytes(call.Argument.ToString(CultureInfo.InvariantCulture)),
                Expiry = call.TimeToLiveMilliseconds > 0 ? Expiry.After(TimeSpan.FromMilliseconds(call.TimeToLiveMilliseconds)) : Expiry.Never,
            },
            OperationKind.Delete => new DeleteCommand { Key = call.Key.Bytes, Condition = condition, RequestId = call.Id },
            OperationKind.Increment when call.IsSteps => StepsOf(call),
            OperationKind.Increment => new IncrementCommand { Key = call.Key.Bytes, RequestId = call.Id, By = call.Argument },
            _ => new PatchCommand { Key = call.Key.Bytes, Condition = condition, RequestId = call.Id, Kind = PatchKind.Merge, Patch = PatchOf(call) },
        };
    }

    // Two steps of one entry: what the second sees is what the first did.
    private static StepsCommand StepsOf(ClientCall call)
    {
        var steps = new StepWriter();
        steps.Add(StepOperation.Increment, call.Key.Bytes, call.Argument);
        steps.Add(StepOperation.Get, call.Key.Bytes);
        return new StepsCommand { Key = call.Key.Bytes, Steps = steps.ToPayload().AsMemory(CommandView.FixedBytes + call.Key.Bytes.Length) };
    }

    public static KeyContent StateOf(SimKey key, StoredValue value)
    {
        if (key.Kind != KeyKind.Document) return KeyContent.Of(long.Parse(value.Bytes.Span, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        using var document = System.Text.Json.JsonDocument.Parse(value.Bytes);
        return KeyContent.Of(Field(document.RootElement, "a"), Field(document.RootElement, "b"));
    }

    private static long Field(System.Text.Json.JsonElement document, string name) => document.TryGetProperty(name, out var field) ? field.GetInt64() : 0;

    private static byte[] PatchOf(ClientCall call)
    {
        var field = call.Kind == OperationKind.PatchFirst ? "a" : "b";
        return Encoding.ASCII.GetBytes(call.Argument == 0 ? $"{{\"{field}\":null}}" : string.Create(CultureInfo.InvariantCulture, $"{{\"{field}\":{call.Argument}}}"));
    }
}
