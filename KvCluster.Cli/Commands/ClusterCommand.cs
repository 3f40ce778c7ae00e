using System.CommandLine;
using System.Globalization;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv cluster</c>: what concerns the cluster as a whole.</summary>
internal static class ClusterCommand
{
    public static Command Build(SessionOptions session, CliConsole console) => new("cluster", "The cluster as a whole.") { Restore(session, console) };

    private static Command Restore(SessionOptions session, CliConsole console)
    {
        var yes = new Option<bool>("--yes") { Description = "Do it: the voters that do not answer are destroyed and will not come back." };
        var command = new Command("restore", "Begin the topology register anew from the newest copy that is left, when most of its voters are gone for good.") { yes };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var plan = await client.Operator.PlanRestoreAsync(cancellationToken);
            foreach (var line in Describe(plan)) await console.Error.WriteLineAsync(line);
            if (plan.IsMajorityInReach) return ExitCode.Refused;
            if (!parsed.GetValue(yes))
            {
                await console.Error.WriteLineAsync("Nothing was changed. To do it repeat the command with --yes.");
                return ExitCode.Usage;
            }

            var done = await client.Operator.RestoreRegisterAsync(plan.Version, cancellationToken);
            await console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"The register was restored from version {done.Version} of {done.From}."));
            await console.Error.WriteLineAsync("Its only voter is the new master's server; others are added as servers are in sight (kv status, kv why).");
            return ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<string> Describe(RestorePlan plan)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"The newest topology in reach is version {plan.Version}, held by {plan.From}{(plan.IsFromVote ? " in its vote" : "")}.");
        if (plan.IsMajorityInReach)
        {
            yield return "A majority of the voters answers: nothing is lost, and nothing is to be restored.";
            yield break;
        }

        if (plan.SilentVoters.Length > 0) yield return $"These voters do not answer: {string.Join(", ", plan.SilentVoters)}.";
        var others = plan.SilentServers.Except(plan.SilentVoters).ToArray();
        if (others.Length > 0) yield return $"Nor do these servers: {string.Join(", ", others)}.";
        foreach (var main in plan.LoneMains)
            yield return string.Create(
                CultureInfo.InvariantCulture, $"{main.Server} has data of epoch {main.DataEpoch} of {main.Node}, and nobody remembers more than epoch {main.KnownEpoch}: it was promoted, and will lead the node alone.");
        yield return "A restore goes on from that version in a new register. Changes that only the missing servers knew are lost: a failover or a registration of the last moments.";
        yield return "Data is not touched; each node's main has to prove itself in a new epoch. If the missing voters only were cut off and live, there are two clusters until they meet.";
    }
}
