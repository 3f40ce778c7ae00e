using System.CommandLine;
using KvCluster.Client;
using KvCluster.Protocol.Identity;

namespace KvCluster.Cli.Commands;

/// <summary>The conditions of a write.</summary>
internal sealed class ConditionOptions
{
    private readonly Option<bool> _absent = new("--if-absent") { Description = "Only if the key does not exist." };
    private readonly Option<bool> _present = new("--if-present") { Description = "Only if the key exists." };
    private readonly Option<string?> _revision = new("--if-revision") { Description = "Only if the key has this revision." };

    public void AddTo(Command command)
    {
        command.Options.Add(_absent);
        command.Options.Add(_present);
        command.Options.Add(_revision);
    }

    /// <exception cref="UsageException">More than one condition, or no revision.</exception>
    public KvCondition Condition(ParseResult parsed)
    {
        var revision = parsed.GetValue(_revision);
        var (absent, present) = (parsed.GetValue(_absent), parsed.GetValue(_present));
        if ((absent ? 1 : 0) + (present ? 1 : 0) + (revision is null ? 0 : 1) > 1)
            throw new UsageException("A write has one condition: --if-absent, --if-present or --if-revision.");
        if (absent) return KvCondition.Absent;
        if (present) return KvCondition.Present;
        if (revision is null) return KvCondition.None;
        if (!Revision.TryParse(revision.Trim('"'), out var parsedRevision)) throw new UsageException($"'{revision}' is no revision: it is a number, see 'kv get --output json'.");
        return KvCondition.Match(parsedRevision);
    }
}
