using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;

namespace KvCluster.Node.Store;

/// <summary>Operations in the words of the metrics.</summary>
internal static class Operations
{
    public const string Get = "get";
    public const string List = "list";
    public const string Steps = "steps";

    public static string NameOf(Command command) => command switch
    {
        PutCommand => "put",
        DeleteCommand => "delete",
        IncrementCommand => "increment",
        PatchCommand => "patch",
        ExpireCommand => "expire",
        StepsCommand => Steps,
        _ => "other",
    };

    public static OperationOutcome OutcomeOf(Refusal refusal) => refusal switch
    {
        Refusal.None => OperationOutcome.Ok,
        Refusal.Unknown => OperationOutcome.Unknown,
        _ => OperationOutcome.Refused,
    };

    public static OperationOutcome OutcomeOf(in WriteResult result) =>
        result.Refusal != Refusal.None ? OutcomeOf(result.Refusal)
        : result.Outcome.HasEffect || result.Outcome.Code == OutcomeCode.Absent ? OperationOutcome.Ok
        : result.Outcome.Code == OutcomeCode.SlotMoved ? OperationOutcome.Refused
        : OperationOutcome.Rejected;
}
