using System.Globalization;
using KvCluster.Core.Register;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Register;

/// <summary>
/// Sees every vote the moment it is durable, works out what is decided, and holds every answer against it. It knows the promises of the
/// register and nothing of how they are kept.
/// </summary>
internal sealed class RegisterOracle
{
    private readonly Dictionary<long, (ClusterTopology Document, Guid Request)> _decided = [];
    private readonly Dictionary<long, ClusterTopology> _closes = [];
    private readonly Dictionary<long, VoterInfo[]> _voters = [];
    private readonly Dictionary<(long Generation, Ballot Ballot), (ClusterTopology Document, HashSet<Guid> Voters)> _votes = [];
    private readonly HashSet<(Guid Request, long Expected)> _asked = [];
    private readonly HashSet<(Guid Request, long Expected)> _denied = [];
    private readonly HashSet<Guid> _gone = [];
    private readonly SortedSet<string> _reached = [];

    private readonly DocumentRules _rules;

    public RegisterOracle(ClusterTopology first, DocumentRules rules)
    {
        _rules = rules;
        _voters[1] = [.. first.Voters];
        _decided[1] = (first, Guid.Empty);
        Newest = first;
    }

    /// <summary>The first broken promise.</summary>
    public string? Violation { get; private set; }
    public ClusterTopology Newest { get; private set; }

    /// <summary>Rare states that this run went through.</summary>
    public IReadOnlyCollection<string> Reached => _reached;

    public void Reach(string state) => _reached.Add(state);

    /// <summary>Voters whose disks are lost.</summary>
    public IReadOnlySet<Guid> Gone => _gone;

    public void OnRequest(Guid request, long expectedVersion) => _asked.Add((request, expectedVersion));

    /// <summary>This voter never speaks again.</summary>
    public void OnGone(Guid voter)
    {
        _gone.Add(voter);
        CheckWedge();
    }

    public void OnDurable(Guid voter, VoterState state)
    {
        foreach (var register in state.Registers) OnVote(voter, register.Generation, register.Accepted, register.Document);
    }

    private void OnVote(Guid voter, long generation, Ballot ballot, ClusterTopology document)
    {
        if (ballot == Ballot.Initial)
        {
            // Nothing is decided by this: it was before.
            if (generation > 1 && (document.Generation != generation || !_decided.TryGetValue(document.Version, out var known) || !IsSame(known.Document, document)))
                Break($"Start: {Name(document)} was put into a blank voter of generation {generation}, and is not a decided document of it");
            return;
        }

        if (!_votes.TryGetValue((generation, ballot), out var vote)) _votes[(generation, ballot)] = vote = (document, []);
        if (!IsSame(vote.Document, document)) Break($"OneValue: ballot {ballot} of generation {generation} carries {Name(vote.Document)} and {Name(document)}");
        if (vote.Voters.Add(voter)) Decide(generation, ballot);
    }

    private void Decide(long generation, Ballot ballot)
    {
        if (!_voters.TryGetValue(generation, out var voters)) return;
        var (document, votes) = _votes[(generation, ballot)];
        if (voters.Count(voter => votes.Contains(voter.VoterId)) * 2 <= voters.Length) return;
        CheckChain(document);
        CheckTerminal(generation, document);
        if (document.Version > Newest.Version) Newest = document;
        if (document.Generation == generation + 1 && _closes.TryAdd(generation, document))
        {
            _voters.TryAdd(generation + 1, [.. document.Voters]);
            _reached.Add($"voters {voters.Length} to {document.Voters.Length}");
            foreach (var known in _votes.Keys.Where(key => key.Generation == generation + 1).ToArray()) Decide(known.Generation, known.Ballot);
        }

        CheckWedge();
    }

    private void CheckChain(ClusterTopology document)
    {
        var request = document.Recent[^1].RequestId;
        if (_decided.TryGetValue(document.Version, out var known))
        {
            if (!IsSame(known.Document, document)) Break($"Chain: {Name(known.Document)} and {Name(document)} are both decided");
            return;
        }

        _decided[document.Version] = (document, request);
        var expected = document.Version - 1;
        if (_denied.Contains((request, expected))) Break($"Answers: {request} was denied and is decided as {Name(document)}");
        if (!_asked.Contains((request, expected))) Break($"Successor: {Name(document)} was made by a request that never expected version {expected}");
        if (!_decided.TryGetValue(expected, out var before))
            Break($"Successor: {Name(document)} has no decided predecessor");
        else if (!_rules.IsMadeFrom(before.Document, document, request))
            Break($"Successor: {Name(document)} was not made from {Name(before.Document)}");
    }

    private void CheckTerminal(long generation, ClusterTopology document)
    {
        if (document.Generation != generation && document.Generation != generation + 1)
            Break($"Terminal: {Name(document)} is decided in generation {generation}");

        // A vote may still complete a majority of an older ballot; what it carries came before the closing value.
        if (_closes.TryGetValue(generation, out var close) && !IsSame(close, document) && document.Version >= close.Version)
            Break($"Terminal: generation {generation} was closed by {Name(close)} and decides {Name(document)}");
    }

    private void CheckWedge()
    {
        var inForce = _voters[_closes.Count == 0 ? 1 : _closes.Keys.Max() + 1];
        if (inForce.Count(voter => !_gone.Contains(voter.VoterId)) * 2 <= inForce.Length)
            Break($"NoWedge: of {inForce.Length} voters in force there is no majority left that could ever answer");
    }

    public void OnAnswer(RegisterOperation operation, RegisterResult result, long newestAtBegin, bool isFirstAttempt)
    {
        switch (result.Kind)
        {
            case RegisterResultKind.Written when !_decided.TryGetValue(operation.ExpectedVersion + 1, out var made) || made.Request != operation.RequestId:
                Break($"Answers: {operation.RequestId} was told it wrote version {operation.ExpectedVersion + 1}, and did not");
                break;
            case RegisterResultKind.Conflict or RegisterResultKind.NotReady:
                Deny(operation);
                break;
            case RegisterResultKind.Unavailable when isFirstAttempt && !operation.IsRead:
                Deny(operation);
                break;
            case RegisterResultKind.Read:
                CheckRead(result.Document!, newestAtBegin);
                break;
        }

        _reached.Add((operation.IsRead ? "read " : "write ") + result.Kind);
    }

    private void Deny(RegisterOperation operation)
    {
        _denied.Add((operation.RequestId, operation.ExpectedVersion));
        if (_decided.TryGetValue(operation.ExpectedVersion + 1, out var made) && made.Request == operation.RequestId) Break($"Answers: {operation.RequestId} was denied and is decided");
    }

    private void CheckRead(ClusterTopology document, long newestAtBegin)
    {
        if (!_decided.TryGetValue(document.Version, out var known) || !IsSame(known.Document, document))
            Break($"Fresh: a read returned {Name(document)}, which is not decided");
        else if (document.Version < newestAtBegin)
            Break($"Fresh: a read returned {Name(document)} although version {newestAtBegin} was decided before it began");
    }

    public void Break(string promise) => Violation ??= promise;

    private bool IsSame(ClusterTopology left, ClusterTopology right) =>
        left.Version == right.Version && left.Generation == right.Generation && left.Voters.AsSpan().SequenceEqual(right.Voters.AsSpan()) && _rules.IsSame(left, right);

    private static string Name(ClusterTopology document) => string.Create(CultureInfo.InvariantCulture, $"{SimulatedDocument.Name(document)}[{document.Voters.Length}]");
}
