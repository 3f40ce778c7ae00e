namespace KvCluster.Tests.Linearizability;

/// <summary>One operation of a history, as its client saw it.</summary>
public sealed record Operation
{
    public const long Never = long.MaxValue;

    public required string Key { get; init; }
    public required int Client { get; init; }
    public required OperationKind Kind { get; init; }
    public required long InvokedAt { get; init; }

    /// <summary><see cref="Never"/> for an operation whose outcome is unknown: it may still happen after everything else.</summary>
    public required long ReturnedAt { get; init; }
    public OperationCondition Condition { get; init; }

    /// <summary>For <see cref="OperationCondition.Match"/>: the value that the client saw with the revision it names.</summary>
    public long Expected { get; init; }

    /// <summary>The value to store, the field's new value, or the number to add. Stored values are unique in a history.</summary>
    public long Argument { get; init; }

    /// <summary>Names the time to live that a change gives its key, each another one; zero for none.</summary>
    public long Lifetime { get; init; }

    /// <summary>A put that leaves the key the time to live that it has.</summary>
    public bool KeepsLifetime { get; init; }
    public ResultCode Code { get; init; }

    /// <summary>What a read found, an increment returned, or a change of a pair of keys found before it.</summary>
    public KeyContent Seen { get; init; }

    public override string ToString()
    {
        var condition = Condition switch
        {
            OperationCondition.None => "",
            OperationCondition.Match => $" if {Expected}",
            _ => $" if {Condition}",
        };
        var result = Code == ResultCode.Unknown ? "?" : $"{Code} {Seen}";
        var until = ReturnedAt == Never ? "..." : $"{ReturnedAt}";
        return $"[{InvokedAt} {until}] client {Client}: {Kind} {Key} {Argument}{(Lifetime == 0 ? "" : $" for the time of {Lifetime}")}{condition} -> {result}";
    }
}
