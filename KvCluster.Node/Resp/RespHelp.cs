using System.Collections.Frozen;

namespace KvCluster.Node.Resp;

/// <summary>What HELP of the commands with subcommands says: each subcommand that exists here, and a sentence.</summary>
internal static class RespHelp
{
    private static readonly FrozenDictionary<string, string[]> Lines = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["client"] =
        [
            "GETNAME", "    Return the name of the current connection.",
            "ID", "    Return the ID of the current connection.",
            "INFO", "    Return information about the current client connection.",
            "KILL ID <client-id>", "    Kill the connection of that ID.",
            "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB)] [ID <client-id> [...]]", "    Return information about client connections.",
            "NO-EVICT (ON|OFF)", "    Accepted: no connection is ever closed to save memory.",
            "NO-TOUCH (ON|OFF)", "    Accepted: reads leave no traces in keys.",
            "SETINFO <option> <value>", "    Set LIB-NAME or LIB-VER of the current connection.",
            "SETNAME <name>", "    Assign the name <name> to the current connection.",
        ],
        ["cluster"] =
        [
            "COUNTKEYSINSLOT <slot>", "    Return the number of keys in <slot>.",
            "GETKEYSINSLOT <slot> <count>", "    Return key names stored by this server in a slot.",
            "INFO", "    Return information about the cluster.",
            "KEYSLOT <key>", "    Return the hash slot for <key>.",
            "LINKS", "    Return the connections to other servers.",
            "MYID", "    Return the id of this server.",
            "NODES", "    Return the cluster's servers as this server sees them.",
            "REPLICAS <node-id>", "    Return the replicas of <node-id>.",
            "SHARDS", "    Return the slots and servers of each node.",
            "SLOTS", "    Return slot ranges with their servers.",
        ],
        ["command"] =
        [
            "(no subcommand)", "    Return details about all commands.",
            "COUNT", "    Return the total number of commands in this server.",
            "DOCS [<command-name> ...]", "    Return documentation of commands, of all without names.",
            "GETKEYS <full-command>", "    Return the keys from a full command.",
            "GETKEYSANDFLAGS <full-command>", "    Return the keys and the access flags from a full command.",
            "INFO [<command-name> ...]", "    Return details about commands, about all without names.",
            "LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]", "    Return a list of commands.",
        ],
        ["config"] =
        [
            "GET <pattern> [<pattern> ...]", "    Return parameters matching the glob-like <pattern> and their values.",
            "RESETSTAT", "    Reset the counts of commands and errors that INFO reports.",
        ],
        ["latency"] =
        [
            "DOCTOR", "    Say where latencies are found.",
            "GRAPH <event>", "    Return an error: no samples are kept.",
            "HISTOGRAM [COMMAND ...]", "    Return nothing: the server's metrics have the histograms.",
            "HISTORY <event>", "    Return nothing: no samples are kept.",
            "LATEST", "    Return nothing: no samples are kept.",
            "RESET [<event> ...]", "    Return 0.",
        ],
        ["memory"] =
        [
            "DOCTOR", "    Say what the memory is used for.",
            "MALLOC-STATS", "    Return what the memory manager says of itself.",
            "PURGE", "    Collect garbage and give what is free back to the system.",
            "STATS", "    Return information about the memory usage of the server.",
            "USAGE <key> [SAMPLES <count>]", "    Return the bytes of <key>'s row.",
        ],
        ["pubsub"] =
        [
            "CHANNELS [<pattern>]", "    Return the currently active channels matching a <pattern> (default: '*').",
            "NUMPAT", "    Return number of subscriptions to patterns.",
            "NUMSUB [<channel> ...]", "    Return the number of subscribers for the specified channels.",
        ],
        ["slowlog"] =
        [
            "GET [<count>]", "    Return nothing: slow commands are not recorded.",
            "LEN", "    Return 0.",
            "RESET", "    Do nothing.",
        ],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <returns>False when the request does not ask for help.</returns>
    public static bool TryWrite(RespWriter writer, string command, RespParser request)
    {
        if (request.Count != 2 || !RespText.Is(request[1], "HELP"u8)) return false;
        string[] lines = [$"{command.ToUpperInvariant()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:", .. Lines[command], "HELP", "    Print this help."];
        writer.Array(lines.Length);
        foreach (var line in lines) writer.Word(System.Text.Encoding.ASCII.GetBytes(line));
        return true;
    }
}
