using KvCluster.Core.Register;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Core.Register.Wire;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Voting;

/// <summary>
/// The vote of this server: the pure voter, and the small file that is durable before any answer leaves. A file that is gone or
/// damaged is another voter, not a blank one (R9).
/// </summary>
internal sealed partial class LocalVoter
{
    private readonly Lock _turn = new();
    private readonly string _path;
    private readonly Action<Exception> _broken;
    private VoterState _state;
    private RegisterVoter? _voter;
    private bool _hasFailed;

    private LocalVoter(string path, VoterState state, Action<Exception> broken)
    {
        (_path, _state, _broken) = (path, state, broken);
        if (state.ClusterId != ClusterId.None) _voter = new RegisterVoter(state);
    }

    public Guid VoterId => _state.VoterId;

    /// <summary>The cluster it votes for; none before its server joined one.</summary>
    public ClusterId Cluster => _state.ClusterId;

    public int Lineage => _state.Lineage;

    /// <summary>What it holds of the newest generation. It may be an attempt that was never decided.</summary>
    public VoterRegister? Newest
    {
        get
        {
            lock (_turn) return (_voter?.State ?? _state).Registers.MaxBy(register => register.Generation);
        }
    }

    /// <param name="broken">Told when the file could not be made durable: the process must end, since nobody knows what it holds now.</param>
    /// <exception cref="StorageException">The file cannot be read or written.</exception>
    public static LocalVoter Open(string path, ILogger logger, Action<Exception> broken)
    {
        if (Load(path, logger) is { } state) return new LocalVoter(path, state, broken);
        state = new VoterState { ClusterId = ClusterId.None, Lineage = 0, VoterId = Guid.NewGuid() };
        AtomicFile.Write(path, VoterStateCodec.Encode(state));
        return new LocalVoter(path, state, broken);
    }

    /// <summary>Founds a cluster: its first document, with this vote as the only one.</summary>
    /// <returns>False when this vote belongs to a cluster already.</returns>
    public bool TryFound(ClusterTopology first)
    {
        lock (_turn)
        {
            if (Cluster != ClusterId.None) return false;
            var begun = new VoterRegister(first.Generation, Ballot.Initial, Ballot.Initial, first);
            Become(_state with { ClusterId = first.ClusterId, Lineage = first.Lineage, Registers = [begun] });
            return true;
        }
    }

    /// <summary>The server has joined a cluster: from now on it may be asked to vote there.</summary>
    public void Join(ClusterTopology topology)
    {
        lock (_turn)
        {
            if (Cluster == ClusterId.None) Become(_state with { ClusterId = topology.ClusterId, Lineage = topology.Lineage });
        }
    }

    /// <summary>Begins the register of a new lineage, with this vote as the only one.</summary>
    /// <returns>False when this vote belongs to that lineage or a later one.</returns>
    public bool TryRestore(ClusterTopology document)
    {
        lock (_turn)
        {
            if (document.ClusterId != Cluster || document.Lineage <= Lineage) return false;
            Become(Blank(document.Lineage) with { Registers = [new VoterRegister(document.Generation, Ballot.Initial, Ballot.Initial, document)] });
            return true;
        }
    }

    /// <summary>The register was restored elsewhere: what was promised to the old one is void, and it is refused from now on.</summary>
    public void Follow(ClusterTopology topology)
    {
        lock (_turn)
        {
            if (topology.ClusterId == Cluster && topology.Lineage > Lineage) Become(Blank(topology.Lineage));
        }
    }

    private VoterState Blank(int lineage) => new() { ClusterId = Cluster, Lineage = lineage, VoterId = VoterId };

    /// <summary>Answers after what the answer rests on is durable. Without a cluster it is a stranger to everybody.</summary>
    /// <exception cref="StorageException">The file could not be made durable, now or before.</exception>
    public RegisterAnswer On(RegisterRequest request)
    {
        lock (_turn)
        {
            if (_hasFailed) throw new StorageException(StorageFailure.InputOutput, "This vote could not be made durable and counts no more.");
            if (_voter is null) return new Stranger(_state.Lineage);
            var step = _voter.On(request);
            if (step.Write is { } write) Keep(write);
            return step.Answer;
        }
    }

    /// <summary>The same for the server's own proposer: nothing where others would get no answer.</summary>
    public RegisterAnswer? TryOn(RegisterRequest request)
    {
        try
        {
            return On(request);
        }
        catch (StorageException)
        {
            // The owner of the process was told when it happened.
            return null;
        }
    }

    /// <summary>What is decided in a generation frees this vote of older ones, and of its word for a close that did not come.</summary>
    public void OnDecided(DecidedEffect decided)
    {
        if (Cluster == ClusterId.None) return;
        var document = decided.Document;
        var to = new RegisterAddress(document.ClusterId, document.Lineage, decided.Generation + 1, VoterId);
        TryOn(new Release(to, decided.Ballot));
        if (_voter!.State.Registers.Any(held => held.Generation < decided.Generation))
            TryOn(new Retire(to with { Generation = decided.Generation - 1 }, new VoterPointer(document.Generation, document.Voters)));
    }

    private void Become(VoterState next)
    {
        Keep(next);
        _voter = new RegisterVoter(next);
    }

    private void Keep(VoterState next)
    {
        try
        {
            Save(next);
            _state = next;
        }
        catch (StorageException) when (!_hasFailed)
        {
            // A full disk did not take the new file and left the old one as it was: nothing was answered, and the vote is what it was.
            if (_voter is not null) _voter = new RegisterVoter(_state);
            throw;
        }
    }

    private void Save(VoterState state)
    {
        try
        {
            AtomicFile.Write(_path, VoterStateCodec.Encode(state));
        }
        catch (StorageException failure)
        {
            if (IsUntouched()) throw;
            _hasFailed = true;
            _broken(failure);
            throw;
        }
    }

    // What lies there is the last state that was synced: the new file did not get into its place.
    private bool IsUntouched()
    {
        try
        {
            return File.ReadAllBytes(_path).AsSpan().SequenceEqual(VoterStateCodec.Encode(_state));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static VoterState? Load(string path, ILogger logger)
    {
        if (!File.Exists(path)) return null;
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFailure.InputOutput, $"{path} cannot be read: {failure.Message}", failure);
        }

        if (VoterStateCodec.TryDecode(content) is { } state) return state;
        var kept = $"{path}.damaged-{Guid.NewGuid():N}";
        File.Move(path, kept);
        LogDamaged(logger, path, kept);
        return null;
    }

    [LoggerMessage(3040, LogLevel.Error, "The vote in {Path} is damaged. It is kept as {Kept}; this server has a new vote, which counts when the topology names it.")]
    private static partial void LogDamaged(ILogger logger, string path, string kept);
}
