namespace KvCluster.Node.Resp;

/// <summary>What COMMAND INFO and COMMAND DOCS say of a command.</summary>
/// <param name="Since">The Redis version that had it first.</param>
/// <param name="Flags">Words with blanks between.</param>
/// <param name="Categories">Of access control lists, in the same form.</param>
/// <param name="KeyFlags">How it uses its keys, in the same form; two kinds of keys have a bar between. Empty for a command without keys.</param>
internal sealed record RespDescription(string Summary, string Since, string Group, string Flags, string Categories, string KeyFlags);
