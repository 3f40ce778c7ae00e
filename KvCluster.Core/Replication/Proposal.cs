using KvCluster.Core.Replication.Effects;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Core.Replication;

/// <summary>
/// A request to the master that has no answer yet. It ends only with a new configuration: a lost reply is unknown, so it is
/// repeated with the same request id and never taken back.
/// </summary>
internal sealed class Proposal(ConfigurationChange change, ChangeReason reason)
{
    private long _sentAt = long.MinValue / 2;

    public ConfigurationChangeKind Kind => change.Kind;
    public bool IsRepeated { get; private set; }

    public void SendIfDue(CoreState core)
    {
        if (core.Micros - _sentAt < core.Options.ProposalRetryMicroseconds) return;
        IsRepeated = _sentAt >= 0;
        _sentAt = core.Micros;
        core.Emit(new ProposeEffect(change, reason));
    }
}
