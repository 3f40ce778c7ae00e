using KvCluster.Core.Register;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

/// <summary>One seed: servers with voters and proposers in a world that treats them badly, and at the end one that treats them well.</summary>
internal sealed class RegisterSimulation
{
    private const int EventsPerCalm = 60_000;
    private readonly RegisterWorld _world;
    private readonly RegisterOracle _oracle;
    private readonly SimulatedServer[] _servers;
    private readonly RegisterFaults _faults;
    private int _runs = 1;
    private int _guids = 1;
    private int _wipes;

    public RegisterSimulation(int seed, RegisterFaults faults)
    {
        (Seed, _faults) = (seed, faults);
        _world = new RegisterWorld(seed);
        var firstVoters = Enumerable.Range(0, _world.Scenario.FirstVoters).Select(place => new VoterInfo(new ServerId(place + 1), GuidOf(place + 1), $"s{place}:1"));
        First = SimulatedDocument.First(firstVoters);
        _oracle = new RegisterOracle(First, SimulatedDocument.Rules);
        _servers = [.. Enumerable.Range(0, _world.Scenario.Servers).Select(place => new SimulatedServer(this, place, _world, _oracle, faults))];
        for (var place = 0; place < _world.Scenario.FirstVoters; place++)
        {
            var voter = _servers[place].Voter;
            voter.Place(voter.Disk with { Registers = [new VoterRegister(1, Ballot.Initial, Ballot.Initial, First)] });
        }
    }

    public int Seed { get; }
    public ClusterTopology First { get; }
    public string? Violation => _oracle.Violation;
    public IReadOnlyCollection<string> Reached => _oracle.Reached;
    public long TraceDigest => _world.TraceDigest;

    public Guid NextGuid() => GuidOf(_guids++);
    public int NextRun() => _runs++;
    public SimulatedServer ServerAt(int place) => _servers[place];
    public IEnumerable<SimulatedServer> Others(int place) => _servers.Where(server => server.Place != place && !server.HasLeft);

    public IEnumerable<VoterInfo> DrawVoters()
    {
        var counts = _world.Scenario.VoterCounts;
        var count = Math.Min(counts[_world.Random.Next(counts.Length)], (_servers.Length - 1) / 2 * 2 + 1);
        var drawn = (int[])[.. Enumerable.Range(0, _servers.Length)];
        _world.Random.Shuffle(drawn);
        var voters = drawn.Take(count).Select(place => _servers[place].Info).ToArray();

        // Now and then somebody names voters that do not exist.
        if (_world.Chance(0.1)) for (var i = 0; i <= count / 2; i++) voters[i] = voters[i] with { VoterId = Phantom() };
        return voters;
    }

    /// <summary>Runs to the end or to the first broken promise.</summary>
    public RegisterSimulation Run()
    {
        foreach (var server in _servers) server.Start();
        if (_world.Scenario.CrashEvery > 0) PlanCrash();
        if (_world.Scenario.PartitionEvery > 0) PlanPartition();
        if (_world.Scenario.ServersLeave) PlanLeaving();
        _world.RunUntil(_world.Scenario.Milliseconds, () => Violation is not null);
        if (Violation is null) DemandProgress();
        return this;
    }

    public string Report() => $"""
        seed {Seed}, faults {_faults}: {Violation}
        {_world.Scenario}
        {string.Join('\n', _world.Trace)}
        Replay: KV_REGISTER_SEED={Seed} dotnet test KvCluster.Tests --filter FullyQualifiedName~RegisterSimulationTests
        """;

    // All come back, nothing is lost any more: everybody must be able to read the same document and to write the next one.
    private void DemandProgress()
    {
        _world.CalmDown();
        foreach (var server in _servers) server.Start();
        Settle(server => server.IsIdle);
        var living = _servers.Where(server => server.IsUp).ToArray();
        foreach (var server in living) server.Learn(_oracle.Newest);
        foreach (var server in living)
        {
            server.Ask(RegisterOperation.Read());
            Settle(asked => asked.IsIdle);
            if (server.LastResult is not { Kind: RegisterResultKind.Read }) _oracle.Break($"Live: s{server.Place} cannot read");
            if (Violation is not null) return;
            server.Ask(server.Writing(NextGuid()));
            Settle(asked => asked.IsIdle);
            if (server.LastResult is not { Kind: RegisterResultKind.Written }) _oracle.Break($"Live: s{server.Place} cannot write: {server.LastResult?.Kind}");
            if (Violation is not null) return;
        }
    }

    private void Settle(Func<SimulatedServer, bool> isSettled)
    {
        var events = 0;
        _world.RunUntil(_world.Now + 20_000, () => Violation is not null || ++events > EventsPerCalm || _servers.All(server => !server.IsUp || isSettled(server)));
    }

    private void PlanCrash() => _world.After(_world.Random.Next(1, _world.Scenario.CrashEvery * 2), () =>
    {
        if (_world.IsCalm) return;
        var server = _servers[_world.Random.Next(_servers.Length)];
        var wasUp = server.IsUp;
        server.Crash();
        if (wasUp && _wipes < _world.Scenario.WipesMax && _world.Chance(0.5))
        {
            _wipes++;
            _oracle.Reach("wiped disk");
            server.Wipe();
        }

        _world.After(_world.Random.Next(1, 300), server.Start);
        PlanCrash();
    });

    private void PlanPartition() => _world.After(_world.Random.Next(1, _world.Scenario.PartitionEvery * 2), () =>
    {
        if (_world.IsCalm) return;
        _world.Cut();
        _world.After(_world.Random.Next(20, 600), _world.Heal);
        PlanPartition();
    });

    private void PlanLeaving() => _world.After(_world.Random.Next(10, 150), () =>
    {
        if (_world.IsCalm) return;
        var server = _servers[_world.Random.Next(_servers.Length)];
        if (_servers.Count(other => !other.HasLeft) > 3) server.TryLeave();
        PlanLeaving();
    });

    private Guid Phantom()
    {
        var phantom = NextGuid();
        _oracle.OnGone(phantom);
        return phantom;
    }

    private static Guid GuidOf(int number) => new(number, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]);
}
