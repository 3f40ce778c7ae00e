using KvCluster.Core.Register.Messages;

namespace KvCluster.Core.Register;

/// <summary>What a voter does about a request.</summary>
/// <param name="Answer">Leaves when write <paramref name="AfterWrite"/> is durable and not before: also a mere look must not show what a crash could take back (R1).</param>
/// <param name="Write">The state to make durable as write <paramref name="AfterWrite"/>; none when nothing changed.</param>
public readonly record struct VoterStep(RegisterAnswer Answer, VoterState? Write, long AfterWrite);
