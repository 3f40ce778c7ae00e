namespace KvCluster.Tests.Linearizability;

/// <summary>Writes histories of one key the way they read: client, from, to, what, answer.</summary>
internal sealed class HistoryBuilder
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    public HistoryBuilder Put(int client, long from, long to, long value, ResultCode code, OperationCondition condition = OperationCondition.None, long expected = 0) =>
        Add(client, from, to, OperationKind.Put, code, value, condition: condition, expected: expected);

    public HistoryBuilder Delete(int client, long from, long to, ResultCode code) => Add(client, from, to, OperationKind.Delete, code);

    public HistoryBuilder Increment(int client, long from, long to, long by, ResultCode code, long result = 0) =>
        Add(client, from, to, OperationKind.Increment, code, by, KeyContent.Of(result));

    public HistoryBuilder Read(int client, long from, long to, long value) => Add(client, from, to, OperationKind.Read, ResultCode.Found, seen: KeyContent.Of(value));

    /// <summary>A value that will not stay for ever.</summary>
    public HistoryBuilder ReadMortal(int client, long from, long to, long value) =>
        Add(client, from, to, OperationKind.Read, ResultCode.Found, seen: KeyContent.Of(value) with { Lifetime = 1 });

    public HistoryBuilder ReadNothing(int client, long from, long to) => Add(client, from, to, OperationKind.Read, ResultCode.Absent);

    public HistoryBuilder ReadDocument(int client, long from, long to, long first, long second) =>
        Add(client, from, to, OperationKind.Read, ResultCode.Found, seen: KeyContent.Of(first, second));

    public HistoryBuilder Add(
        int client,
        long from,
        long to,
        OperationKind kind,
        ResultCode code,
        long argument = 0,
        KeyContent seen = default,
        OperationCondition condition = OperationCondition.None,
        long expected = 0,
        long lifetime = 0)
    {
        _operations.Add(new Operation
        {
            Key = "k",
            Client = client,
            Kind = kind,
            InvokedAt = from,
            ReturnedAt = code == ResultCode.Unknown ? Operation.Never : to,
            Condition = condition,
            Expected = expected,
            Argument = argument,
            Lifetime = lifetime,
            Code = code,
            Seen = seen,
        });
        return this;
    }

    public VerdictKind Check() => LinearizabilityChecker.Check(_operations).Kind;
}
