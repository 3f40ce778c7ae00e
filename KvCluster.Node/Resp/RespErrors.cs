using KvCluster.Core.Commands;

namespace KvCluster.Node.Resp;

/// <summary>Errors in Redis' words: clients decide by the first word what to do.</summary>
internal static class RespErrors
{
    public const string Syntax = "ERR syntax error";
    public const string NotInteger = "ERR value is not an integer or out of range";
    public const string NotFloat = "ERR value is not a valid float";
    public const string CrossSlot = "CROSSSLOT Keys in request don't hash to the same slot";
    public const string Down = "CLUSTERDOWN Hash slot not served";
    public const string TryAgain = "TRYAGAIN This server is not serving yet; nothing was changed.";
    public const string NoReplicas = "NOREPLICAS Not enough good replicas to write.";

    // A word by which clients try again by themselves; they take BUSY for a script that runs.
    public const string Overloaded = "TRYAGAIN Too many writes are in flight; nothing was changed.";
    public const string Loading = "LOADING This server has not opened its data yet.";
    public const string Storage = "MISCONF The storage of this server failed; nothing is served.";
    public const string KeyLength = "ERR invalid key: a key has 1 to 1024 bytes";
    public const string TooLong = "ERR string exceeds maximum allowed size (proto-max-bulk-len)";
    public const string TooManyKeys = "ERR too many keys: one request or transaction names at most 65535";
    public const string BudgetSpent = "ERR values too large: one request, pipeline or transaction reads, writes and answers at most 64 MiB of them at a time";
    public const string NotInTransaction = "ERR Command not allowed inside a transaction";
    public const string ExecAbort = "EXECABORT Transaction discarded because of previous errors.";

    /// <summary>The write was sent on and nobody here knows its fate. No other error may be taken for it.</summary>
    public const string Uncertain = "UNCERTAIN The outcome is unknown: the write may or may not have taken effect.";

    public static string Arity(string name) => $"ERR wrong number of arguments for '{name}' command";
    public static string InvalidExpire(string name) => $"ERR invalid expire time in '{name}' command";
    public static string NoSubcommand(string name, string subcommand) => $"ERR unknown subcommand '{Shortened(subcommand)}'. Try {name.ToUpperInvariant()} HELP.";

    public static string Of(StepFault fault) => fault switch
    {
        StepFault.WrongType => "WRONGTYPE Operation against a key holding the wrong kind of value",
        StepFault.NotInteger => NotInteger,
        StepFault.NotFloat => NotFloat,
        StepFault.Overflow => "ERR increment or decrement would overflow",
        StepFault.NotFinite => "ERR increment would produce NaN or Infinity",
        StepFault.HashNotInteger => "ERR hash value is not an integer",
        StepFault.HashNotFloat => "ERR hash value is not a float",
        StepFault.TooLong => TooLong,
        StepFault.BudgetSpent => BudgetSpent,
        StepFault.NoSuchKey => "ERR no such key",

        // The slot went between the look at the table and the entry; the next attempt learns where.
        _ => "TRYAGAIN The key's slot is no longer here; nothing was changed.",
    };

    public static string Shortened(string text) => text.Length <= 128 ? text : text[..128];
}
