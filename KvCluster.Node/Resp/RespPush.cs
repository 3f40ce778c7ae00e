namespace KvCluster.Node.Resp;

/// <summary>A message on its way to a subscriber.</summary>
/// <param name="Kind"><c>message</c> or <c>pmessage</c>.</param>
/// <param name="Pattern">By which pattern the subscriber gets it.</param>
internal sealed record RespPush(string Kind, byte[]? Pattern, byte[] Channel, byte[] Message)
{
    public long Bytes => 64 + Channel.Length + Message.Length;
}
