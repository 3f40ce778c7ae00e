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
        ResultCode.Found => state.Exists && state == operation.Seen,
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
        OperationKind.Put => KeyContent.Of(operation.Argument),
        OperationKind.Delete => KeyContent.Absent,
        OperationKind.Increment => KeyContent.Of((state.Exists ? state.First : 0) + operation.Argument),
        OperationKind.PatchFirst => KeyContent.Of(operation.Argument, state.Exists ? state.Second : 0),
        OperationKind.PatchSecond => KeyContent.Of(state.Exists ? state.First : 0, operation.Argument),
        OperationKind.Expire => state.Exists && state.First == operation.Argument ? KeyContent.Absent : state,
        _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "Not a change."),
    };

    private static bool IsTold(in KeyContent state, in KeyContent next, Operation operation) => operation.Kind switch
    {
        OperationKind.Delete => operation.Code == (state.Exists ? ResultCode.Deleted : ResultCode.Absent),
        OperationKind.Increment => IsWritten(state, operation) && operation.Seen == next,
        _ => IsWritten(state, operation),
    };

    private static bool IsWritten(in KeyContent state, Operation operation) => operation.Code == (state.Exists ? ResultCode.Updated : ResultCode.Created);
}
