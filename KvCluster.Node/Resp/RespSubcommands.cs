using System.Collections.Frozen;

namespace KvCluster.Node.Resp;

/// <summary>How many arguments the words behind CLIENT, CLUSTER and the like take. A word that is not here is its command's business.</summary>
internal static class RespSubcommands
{
    // Both words count; negative: at least so many.
    private static readonly FrozenDictionary<string, int> Arities = new Dictionary<string, int>
    {
        ["client|id"] = 2,
        ["client|getname"] = 2,
        ["client|setname"] = 3,
        ["client|setinfo"] = 4,
        ["client|info"] = 2,
        ["client|list"] = -2,
        ["client|no-evict"] = 3,
        ["client|no-touch"] = 3,
        ["client|kill"] = -3,
        ["cluster|myid"] = 2,
        ["cluster|keyslot"] = 3,
        ["cluster|info"] = 2,
        ["cluster|nodes"] = 2,
        ["cluster|slots"] = 2,
        ["cluster|shards"] = 2,
        ["cluster|links"] = 2,
        ["cluster|countkeysinslot"] = 3,
        ["cluster|getkeysinslot"] = 4,
        ["cluster|replicas"] = 3,
        ["config|get"] = -3,
        ["config|set"] = -4,
        ["config|resetstat"] = 2,
        ["command|count"] = 2,
        ["command|info"] = -2,
        ["command|docs"] = -2,
        ["command|list"] = -2,
        ["memory|usage"] = -3,
        ["memory|stats"] = 2,
        ["memory|doctor"] = 2,
        ["latency|latest"] = 2,
        ["latency|history"] = 3,
        ["latency|reset"] = -2,
        ["latency|doctor"] = 2,
        ["slowlog|get"] = -2,
        ["slowlog|len"] = 2,
        ["slowlog|reset"] = 2,
        ["pubsub|channels"] = -2,
        ["pubsub|numsub"] = -2,
        ["pubsub|numpat"] = 2,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Containers = Arities.Keys.Select(name => name[..name.IndexOf('|')]).ToFrozenSet(StringComparer.Ordinal);

    /// <returns>The error when the request has too many or too few arguments for its second word.</returns>
    public static string? MistakeOf(string command, RespParser request)
    {
        if (request.Count < 2 || !Containers.Contains(command)) return null;
        var name = $"{command}|{RespText.Of(request[1]).ToLowerInvariant()}";
        if (!Arities.TryGetValue(name, out var arity)) return null;
        return (arity >= 0 ? request.Count == arity : request.Count >= -arity) ? null : RespErrors.Arity(name);
    }
}
