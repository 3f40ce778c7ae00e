using System.Text.Json.Serialization;

namespace KvCluster.Core.Register.Messages;

/// <summary>What a voter answers.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Promised), "promised")]
[JsonDerivedType(typeof(Voted), "voted")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(Higher), "higher")]
[JsonDerivedType(typeof(Blank), "blank")]
[JsonDerivedType(typeof(Moved), "moved")]
[JsonDerivedType(typeof(Stranger), "stranger")]
[JsonDerivedType(typeof(Malformed), "malformed")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(NotReady), "not-ready")]
[JsonDerivedType(typeof(Initialised), "initialised")]
[JsonDerivedType(typeof(Noted), "noted")]
public abstract record RegisterAnswer;
