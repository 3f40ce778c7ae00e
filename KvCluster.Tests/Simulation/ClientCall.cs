using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;
using KvCluster.Tests.Linearizability;

namespace KvCluster.Tests.Simulation;

/// <summary>One operation of a client from its call to its end, over all attempts.</summary>
internal sealed class ClientCall(SimKey key, OperationKind kind, long invokedAt)
{
    public SimKey Key => key;
    public OperationKind Kind => kind;
    public long InvokedAt => invokedAt;
    public OperationCondition Condition { get; init; }
    public long Expected { get; init; }
    public long Argument { get; init; }
    public long TimeToLiveMilliseconds { get; init; }

    /// <summary>Names the time to live that it gives, zero for none.</summary>
    public long Lifetime { get; init; }
    public bool KeepsLifetime { get; init; }

    /// <summary>Sent as steps of a Redis client, which knows no request ids.</summary>
    public bool IsSteps { get; init; }

    /// <summary>The other keys of a listing, or the second key of a pair; all of them are read at one moment.</summary>
    public IReadOnlyList<SimKey> Listed { get; init; } = [];
    public SimConsistency Consistency { get; init; } = SimConsistency.Linearizable;

    /// <summary>None for a client that sends no ids and so never retries what is in doubt.</summary>
    public RequestId Id { get; set; }
    public Command? Command { get; set; }

    /// <summary>Some attempt may have reached a server that did not answer it.</summary>
    public bool IsInDoubt { get; set; }
    public int Attempts { get; set; }
    public bool IsOver { get; set; }
    public bool IsRead => kind == OperationKind.Read;

    public Condition ConditionOf(Revision expected) => Condition switch
    {
        OperationCondition.Absent => Core.Commands.Condition.Absent,
        OperationCondition.Present => Core.Commands.Condition.Present,
        OperationCondition.Match => Core.Commands.Condition.Match(expected),
        _ => Core.Commands.Condition.None,
    };

    /// <summary>What a listing says of one of its other keys.</summary>
    public Operation ToRead(SimKey listed, int client, long returnedAt, KeyContent? seen) => new()
    {
        Key = listed.Name,
        Client = client,
        Kind = OperationKind.Read,
        InvokedAt = invokedAt,
        ReturnedAt = returnedAt,
        Code = seen is null ? ResultCode.Absent : ResultCode.Found,
        Seen = seen ?? default,
    };

    public Operation ToOperation(int client, long returnedAt, ResultCode code, KeyContent seen) => new()
    {
        Key = key.Name,
        Client = client,
        Kind = kind,
        InvokedAt = invokedAt,
        ReturnedAt = code == ResultCode.Unknown ? Operation.Never : returnedAt,
        Condition = Condition,
        Expected = Expected,
        Argument = Argument,
        Lifetime = Lifetime,
        KeepsLifetime = KeepsLifetime,
        Code = code,
        Seen = seen,
    };
}
