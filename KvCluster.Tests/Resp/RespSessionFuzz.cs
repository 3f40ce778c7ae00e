using System.Globalization;
using System.Text;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

/// <summary>Draws requests that are well formed and otherwise anything: known and unknown commands, too few and too many arguments, words in wrong places, numbers at their ends.</summary>
internal sealed class RespSessionFuzz(int seed)
{
    private const int ArgumentsMax = 6;
    private static readonly string[] Names =
    [
        .. RespCommands.All.Select(command => command.Name)

            // It closes the connection, as it should; a test of its own asks it.
            .Where(name => name != "quit"),
        "nonsense", "", "GE", "\0", "\r\n",
    ];

    private static readonly string[] Keys = ["a", "b", "{t}a", "{t}b", "h", "{t}h", "{}", "{", "", "\0\xff\r\n", new('k', 1024), new('k', 1025)];

    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "2", "3", "10", "100", "16383", "16384", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1.5", "-0", "1e400", "nan", "inf", " 1", "1 ", "+1", "0x10", "99999999999",
    ];

    private static readonly string[] Words =
    [
        "EX", "PX", "EXAT", "PXAT", "NX", "XX", "GET", "KEEPTTL", "IFEQ", "PERSIST", "GT", "LT", "REPLACE", "DB", "MATCH", "COUNT", "TYPE", "string", "hash", "*", "[a-", "ASYNC", "SYNC",
        "AUTH", "SETNAME", "GETNAME", "SETINFO", "LIB-NAME", "LIB-VER", "LIST", "ID", "INFO", "NO-EVICT", "NO-TOUCH", "ON", "OFF", "SET", "RESETSTAT", "maxmemory", "DOCS", "GETKEYS", "FILTERBY", "HELP",
        "LATEST", "HISTORY", "RESET", "DOCTOR", "HISTOGRAM", "GRAPH", "LEN", "USAGE", "STATS", "PURGE", "MALLOC-STATS", "SAMPLES", "CHANNELS", "NUMSUB", "NUMPAT", "SLOTS", "SHARDS", "NODES", "MYID", "KEYSLOT",
        "COUNTKEYSINSLOT", "GETKEYSINSLOT", "REPLICAS", "LINKS", "set", "get", "mset", "all", "commandstats",
    ];

    private readonly Random _random = new(seed);

    public string[] Next()
    {
        var name = Draw(Names);
        var arguments = new List<string> { name.Length > 0 && _random.Next(4) == 0 ? name.ToUpperInvariant() : name };
        var known = RespCommands.TryFind(Encoding.Latin1.GetBytes(name), out var command);
        var wanted = known && _random.Next(8) > 0 ? Math.Abs(command!.Arity) - 1 + (command.Arity < 0 ? _random.Next(4) : 0) : _random.Next(ArgumentsMax);
        for (var i = 0; i < wanted; i++) arguments.Add(known && i == 0 && command!.FirstKey == 1 && _random.Next(16) > 0 ? Draw(Keys) : Argument());

        // These wait for as long as they are told to, or end the connection they name.
        if (name is "wait" or "waitaof") arguments[^1] = "1";
        if (name == "client" && arguments.Count > 1 && arguments[1].Equals("KILL", StringComparison.OrdinalIgnoreCase)) arguments[1] = "ID";
        return [.. arguments];
    }

    private string Argument() => _random.Next(8) switch
    {
        0 or 1 => Draw(Keys),
        2 or 3 => Draw(Numbers),
        4 => _random.NextInt64().ToString(CultureInfo.InvariantCulture),
        5 => Bytes(),
        _ => _random.Next(3) == 0 ? Draw(Words).ToLowerInvariant() : Draw(Words),
    };

    private string Bytes()
    {
        var bytes = new byte[_random.Next(40)];
        _random.NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    private string Draw(string[] from) => from[_random.Next(from.Length)];
}
