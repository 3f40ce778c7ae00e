using System.Text;

namespace KvCluster.Node.Resp;

/// <summary>The COMMAND command: what clients learn of the others.</summary>
internal static class CommandCommands
{
    public static ValueTask Command(RespSession session, RespParser request)
    {
        var writer = session.Writer;
        if (request.Count == 1) Describe(writer, [.. RespCommands.All]);
        else if (RespText.Is(request[1], "COUNT"u8) && request.Count == 2) writer.Number(RespCommands.All.Count);
        else if (RespText.Is(request[1], "INFO"u8)) Describe(writer, request.Count == 2 ? [.. RespCommands.All] : Named(request));
        else if (RespText.Is(request[1], "DOCS"u8)) Document(writer, request.Count == 2 ? [.. RespCommands.All] : Named(request));
        else if (RespText.Is(request[1], "LIST"u8)) List(writer, request);
        else if (RespText.Is(request[1], "GETKEYS"u8) && request.Count > 2) Keys(writer, request, withFlags: false);
        else if (RespText.Is(request[1], "GETKEYSANDFLAGS"u8) && request.Count > 2) Keys(writer, request, withFlags: true);
        else if (!RespHelp.TryWrite(writer, "command", request)) writer.Error(RespErrors.NoSubcommand("command", RespText.Of(request[1])));
        return default;
    }

    private static RespCommand?[] Named(RespParser request) =>
        [.. Enumerable.Range(2, request.Count - 2).Select(i => RespCommands.TryFind(request[i], out var command) ? command : null)];

    private static void List(RespWriter writer, RespParser request)
    {
        var commands = RespCommands.All.AsEnumerable();
        if (request.Count > 2)
        {
            if (request.Count != 5 || !RespText.Is(request[2], "FILTERBY"u8) || Filter(request[3], request[4]) is not { } filter)
            {
                writer.Error(RespErrors.Syntax);
                return;
            }

            commands = commands.Where(filter);
        }

        var names = commands.Select(command => command.Name).ToArray();
        writer.Array(names.Length);
        foreach (var name in names) writer.Bulk(name);
    }

    private static Func<RespCommand, bool>? Filter(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> value)
    {
        var (bytes, word) = (value.ToArray(), "@" + RespText.Of(value).ToLowerInvariant());
        if (RespText.Is(kind, "PATTERN"u8)) return command => GlobPattern.Matches(bytes, Encoding.ASCII.GetBytes(command.Name));
        if (RespText.Is(kind, "ACLCAT"u8)) return command => Words(RespDescriptions.Of(command).Categories).Contains(word);

        // There are no modules.
        return RespText.Is(kind, "MODULE"u8) ? _ => false : null;
    }

    private static void Keys(RespWriter writer, RespParser request, bool withFlags)
    {
        if (!RespCommands.TryFind(request[2], out var command)) writer.Error("ERR Invalid command specified");
        else if (command.FirstKey == 0) writer.Error("ERR The command has no key arguments");
        else if (!command.Accepts(request.Count - 2)) writer.Error("ERR Invalid number of arguments specified for command");
        else
        {
            var count = request.Count - 2;
            var last = command.LastKey < 0 ? count + command.LastKey : command.LastKey;
            var kinds = Kinds(command);
            writer.Array(((last - command.FirstKey) / command.KeyStep) + 1);
            for (var (i, nth) = (command.FirstKey, 0); i <= last; i += command.KeyStep, nth++)
            {
                if (withFlags) writer.Array(2);
                writer.Bulk(request[i + 2]);
                if (withFlags) WriteWords(writer, kinds[Math.Min(nth, kinds.Length - 1)]);
            }
        }
    }

    private static void Describe(RespWriter writer, RespCommand?[] commands)
    {
        writer.Array(commands.Length);
        foreach (var command in commands)
        {
            if (command is null)
            {
                writer.NilArray();
                continue;
            }

            var description = RespDescriptions.Of(command);
            writer.Array(10);
            writer.Bulk(command.Name);
            writer.Number(command.Arity);
            WriteWords(writer, description.Flags);
            writer.Number(command.FirstKey);
            writer.Number(command.LastKey);
            writer.Number(command.KeyStep);
            WriteWords(writer, description.Categories);

            // Tips for proxies; then the keys, then subcommands, which are not described one by one.
            writer.Array(0);
            WriteKeySpecifications(writer, command);
            writer.Array(0);
        }
    }

    private static void WriteKeySpecifications(RespWriter writer, RespCommand command)
    {
        var kinds = command.FirstKey == 0 ? [] : Kinds(command);
        writer.Array(kinds.Length);
        for (var i = 0; i < kinds.Length; i++)
        {
            writer.Map(3);
            writer.Bulk("flags");
            WriteWords(writer, kinds[i]);
            writer.Bulk("begin_search");
            writer.Map(2);
            writer.Bulk("type");
            writer.Bulk("index");
            writer.Bulk("spec");
            writer.Map(1);
            writer.Bulk("index");
            writer.Number(command.FirstKey + i);
            writer.Bulk("find_keys");
            writer.Map(2);
            writer.Bulk("type");
            writer.Bulk("range");
            writer.Bulk("spec");
            writer.Map(3);
            writer.Bulk("lastkey");
            writer.Number(command.LastKey < 0 ? command.LastKey : 0);
            writer.Bulk("keystep");
            writer.Number(command.KeyStep);
            writer.Bulk("limit");
            writer.Number(0);
        }
    }

    private static void Document(RespWriter writer, RespCommand?[] commands)
    {
        var known = commands.OfType<RespCommand>().ToArray();
        writer.Map(known.Length);
        foreach (var command in known)
        {
            var description = RespDescriptions.Of(command);
            writer.Bulk(command.Name);
            writer.Map(4);
            writer.Bulk("summary");
            writer.Bulk(description.Summary);
            writer.Bulk("since");
            writer.Bulk(description.Since);
            writer.Bulk("group");
            writer.Bulk(description.Group);
            writer.Bulk("arity");
            writer.Number(command.Arity);
        }
    }

    private static string[] Kinds(RespCommand command) => RespDescriptions.Of(command).KeyFlags.Split('|');
    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static void WriteWords(RespWriter writer, string words)
    {
        var all = Words(words);
        writer.Set(all.Length);
        foreach (var word in all) writer.Word(Encoding.ASCII.GetBytes(word));
    }
}
