namespace KvCluster.Core.Commands;

/// <summary>What a step says, in no protocol's words.</summary>
/// <param name="Number">For <see cref="StepReplyKind.Number"/>; for <see cref="StepReplyKind.Fault"/> the <see cref="StepFault"/>.</param>
public readonly record struct StepReply(StepReplyKind Kind, long Number = 0, ReadOnlyMemory<byte> Bytes = default, IReadOnlyList<StepReply>? Items = null)
{
    public static readonly StepReply Nil;
    public static readonly StepReply Ok = new(StepReplyKind.Ok);
    public static readonly StepReply Zero = new(StepReplyKind.Number);
    public static readonly StepReply One = new(StepReplyKind.Number, 1);

    public StepFault Fault => Kind == StepReplyKind.Fault ? (StepFault)Number : default;

    public static StepReply Of(long number) => new(StepReplyKind.Number, number);
    public static StepReply Of(bool isSo) => isSo ? One : Zero;
    public static StepReply Of(ReadOnlyMemory<byte> bytes) => new(StepReplyKind.Bytes, 0, bytes);
    public static StepReply Word(ReadOnlyMemory<byte> word) => new(StepReplyKind.Word, 0, word);
    public static StepReply Of(StepFault fault) => new(StepReplyKind.Fault, (long)fault);
    public static StepReply Array(IReadOnlyList<StepReply> items) => new(StepReplyKind.Array, items.Count, default, items);
    public static StepReply Map(IReadOnlyList<StepReply> items) => new(StepReplyKind.Map, items.Count / 2, default, items);
}
