namespace KvCluster.Tests.Linearizability;

/// <summary>What one key of the store does when operations happen one after the other: the specification that histories are held against.</summary>
public static class KeyModel
{
    /// <summary>The state after <paramref name="operation"/>, or false when what its client was told cannot be true in <paramref name="state"/>.</summary>
    public static bool TryStep(in KeyContent state, Operation operation, out KeyContent next)
    {
        next = state;
        if (operation.Kind == OperationKind.Read) return Read(state, operation);
        var holds = Holds(state, operation);
        var isRefused = operation.Code == ResultCode.PreconditionFailed;
        if (!holds) return isRefused || operation.Code == ResultCode.Unknown;
        if (isRefused) return false;
        next = After(state, operation);
        return operation.Code == ResultCode.Unknown || IsTold(state, next, operation);
    }

    private static bool Read(in KeyContent state, Operation operation) => operation.Code switch
    {
        ResultCode.Found => state.Exists && state.IsSeenAs(operation.Seen),
        ResultCode.Absent => !state.Exists,
        _ => true,
    };

    private static bool Holds(in KeyContent state, Operation operation) => operation.Condition switch
    {
        OperationCondition.Absent => !state.Exists,
        OperationCondition.Present => state.Exists,
        OperationCondition.Match => state.Exists && state.First == operation.Expected,
        _ => true,
    };

    private static KeyContent After(in KeyContent state, Operation operation) => operation.Kind switch
    {
        OperationKind.Put => KeyContent.Of(operation.Argument) with { Lifetime = operation.KeepsLifetime ? state.Lifetime : operation.Lifetime },
        OperationKind.Delete or OperationKind.DeleteBoth => KeyContent.Absent,
        OperationKind.Increment => state with { Exists = true, First = state.First + operation.Argument },
        OperationKind.PatchFirst => state with { Exists = true, First = operation.Argument },
        OperationKind.PatchSecond => state with { Exists = true, Second = operation.Argument },
        OperationKind.RunOut => state.Lifetime == operation.Argument ? KeyContent.Absent : state,
        OperationKind.ChangeLifetime => state.Exists ? state with { Lifetime = operation.Lifetime } : state,
        OperationKind.Persist => state with { Lifetime = 0 },
        OperationKind.PutBoth => KeyContent.OfHalves(operation.Argument, operation.Argument),
        OperationKind.PutFirst => KeyContent.OfHalves(operation.Argument, state.Second),
        OperationKind.PutSecond => KeyContent.OfHalves(state.First, operation.Argument),
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "Not a change."),
    };

    private static bool IsTold(in KeyContent state, in KeyContent next, Operation operation) => operation.Kind switch
    {
        OperationKind.Delete => operation.Code == (state.Exists ? ResultCode.Deleted : ResultCode.Absent),
        OperationKind.Increment => IsWritten(state.Exists, operation) && operation.Seen.First == next.First,
        OperationKind.ChangeLifetime => operation.Code == (state.Exists ? ResultCode.Updated : ResultCode.Absent),
        OperationKind.Persist => operation.Code == (state.Lifetime != 0 ? ResultCode.Updated : ResultCode.Absent),
        OperationKind.PutBoth => operation.Seen == state,
        OperationKind.DeleteBoth => operation.Seen == KeyContent.OfHalves(Math.Sign(state.First), Math.Sign(state.Second)),
        OperationKind.PutFirst => IsWritten(state.First != 0, operation),
        OperationKind.PutSecond => IsWritten(state.Second != 0, operation),
        _ => IsWritten(state.Exists, operation),
    };

    private static bool IsWritten(bool existed, Operation operation) => operation.Code == (existed ? ResultCode.Updated : ResultCode.Created);
}
