using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// What a process asks for itself: its place, and its node's next configuration. Of the master first, and where that does not answer,
/// of the register by its own hand. The counterpart of <c>Registrar</c> and <c>ConfigurationRequester</c>.
/// </summary>
internal sealed class SimRequests(RealMasters masters, SimOffice office, SimProcess process)
{
    private const int PatienceBeacons = 3;
    private SimServer? _hint;
    private int _registrations;
    private ConfigurationChange? _running;
    private ConfigurationChange? _next;

    private SimWorld World => process.World;

    public void Register(RegistrationRequest request, Action<RegistrationAnswer> onAnswer)
    {
        var to = _hint ?? (office.Known is { } known ? masters.HolderOf(known) : null) ?? World.Random.Pick(World.Servers);
        _hint = null;
        if (to != process.Server) masters.Exchange<TopologyDecision>(process, to, (other, reply) => OnRegistration(other, request, reply), decision =>
        {
            if (decision.Code is { } refusal) process.OnRefused(refusal);
            if (decision.Next is not { } topology) return;
            if (AnswerFrom(topology, request) is { } answer) onAnswer(answer);
            else _hint = masters.HolderOf(topology);
        });

        // The master that everybody names may be this very server, or gone.
        if (++_registrations % 2 != 0 || office.Known is null) return;
        office.DecideRegistration(request, decision =>
        {
            if (decision.Code is { } refusal) process.OnRefused(refusal);
            else if (decision.Next is { } decided && AnswerFrom(decided, request) is { } answer) onAnswer(answer);
        });
    }

    /// <summary>One request at a time: a repetition of the one under way is dropped, and of others only the newest waits.</summary>
    public void Change(ConfigurationChange change)
    {
        if (_running?.RequestId == change.RequestId) return;
        _next = change;
        if (_running is null) ChangeNext();
    }

    // Answers with the master's topology, which names this run if it was registered, or else the master.
    private static void OnRegistration(SimOffice other, RegistrationRequest request, Action<TopologyDecision> reply)
    {
        if (!other.IsMaster) reply(new TopologyDecision(other.Known));
        else other.DecideRegistration(request, reply);
    }

    private static RegistrationAnswer? AnswerFrom(ClusterTopology topology, RegistrationRequest request) =>
        topology.WasMadeBy(request.RunId) && topology.FindServer(request.StoreId) is { } self ? new RegistrationAnswer(self.Id, self.Incarnation, topology) : null;

    private void ChangeNext()
    {
        (_running, _next) = (_next, null);
        if (_running is not { } change || office.Known is not { } known) return;
        if (MasterToAsk(known, change) is not { } master)
        {
            ChangeHere(change);
            return;
        }

        var isOver = false;
        masters.Exchange<ClusterTopology?>(process, master, (other, reply) => OnChange(other, change, reply), topology => Once(() =>
        {
            if (topology is null)
            {
                ChangeHere(change);
                return;
            }

            office.Adopt(topology);
            ChangeNext();
        }));
        process.Schedule(World.Plan.Options.BeaconMicroseconds * PatienceBeacons, () => Once(() => ChangeHere(change)));

        void Once(Action end)
        {
            if (isOver) return;
            isOver = true;
            end();
        }
    }

    private void ChangeHere(ConfigurationChange change) =>
        office.Decide(change.RequestId, topology => NodeConfigurations.Change(topology, change), _ => ChangeNext());

    // Whoever takes over from the master's server need not ask it.
    private SimServer? MasterToAsk(ClusterTopology known, ConfigurationChange change)
    {
        var isTakeoverOfTheMaster = change.Kind == ConfigurationChangeKind.Takeover && known.NodeOf(office.Self)?.Main == known.Master;
        return office.IsMaster || isTakeoverOfTheMaster || masters.HolderOf(known) is not { } holder || holder == process.Server ? null : holder;
    }

    private static void OnChange(SimOffice other, ConfigurationChange change, Action<ClusterTopology?> reply)
    {
        if (!other.IsMaster) reply(null);
        else other.Decide(change.RequestId, topology => NodeConfigurations.Change(topology, change), decision => reply(decision.Next ?? other.Known));
    }
}
