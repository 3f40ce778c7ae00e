using System.Text.Json.Serialization;

namespace KvCluster.Core.Register.Messages;

/// <summary>What a proposer says to a voter. Any request may be lost, doubled, late or out of order.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Prepare), "prepare")]
[JsonDerivedType(typeof(Accept), "accept")]
[JsonDerivedType(typeof(Query), "query")]
[JsonDerivedType(typeof(MakeReady), "make-ready")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Initialise), "initialise")]
[JsonDerivedType(typeof(Retire), "retire")]
public abstract record RegisterRequest(RegisterAddress To);
