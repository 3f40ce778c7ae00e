namespace KvCluster.Core.Register;

/// <summary>
/// Switches that each break one rule of the register. They exist to prove that the tests find such a mistake;
/// nothing outside the tests can set them.
/// </summary>
[Flags]
public enum RegisterFaults
{
    None = 0,

    /// <summary>R1: a voter answers before its state is durable.</summary>
    AnswerBeforeSync = 1 << 0,

    /// <summary>R2: a restarted proposer has the name it had before and takes up the ballots of that name; half of it is planted where the process is started.</summary>
    BallotReuse = 1 << 1,

    /// <summary>R3: a voter looks only at what it accepted, not at what it promised.</summary>
    AcceptBelowPromise = 1 << 2,

    /// <summary>R4: the proposer goes on from any promise, not from the highest accepted ballot.</summary>
    NotHighest = 1 << 3,

    /// <summary>R5: the expected version is compared with an earlier read.</summary>
    CheckBefore = 1 << 4,

    /// <summary>R6: an answer is given from what the promises show.</summary>
    AnswerEarly = 1 << 5,

    /// <summary>R7: a request that has left the window is called a conflict.</summary>
    GuessConflict = 1 << 6,

    /// <summary>R8: a read takes the newest value that any voter of a majority shows.</summary>
    ReadAnyBallot = 1 << 7,

    /// <summary>R9: a wiped voter comes back under its old identity. Planted where the disk is wiped.</summary>
    WipedKeepsId = 1 << 8,

    /// <summary>R10: the next generation begins with the mover's own document instead of the closing one.</summary>
    NoCarry = 1 << 9,

    /// <summary>R11: a closing value is written over.</summary>
    CloseNotTerminal = 1 << 10,

    /// <summary>R12: a closing value is followed before it is decided.</summary>
    InitialiseUndecided = 1 << 11,

    /// <summary>R13: a majority of the previous generation's size is taken for one.</summary>
    OldQuorum = 1 << 12,

    /// <summary>R14: a read returns the closing value of the old register.</summary>
    ReadClosed = 1 << 13,

    /// <summary>R15: a retired generation is forgotten instead of refused.</summary>
    RetireToBlank = 1 << 14,

    /// <summary>R16: the voters are changed without asking the new ones.</summary>
    CloseUnready = 1 << 15,

    /// <summary>R17: a server that said it was ready leaves all the same. Planted where servers leave.</summary>
    LeaveEarly = 1 << 16,

    /// <summary>R19: a voter answers whatever reaches it, also what is meant for another voter.</summary>
    AnswerForOthers = 1 << 17,

    /// <summary>Who asked adopts and tells of the document it made, not of the one that was decided. Planted where the document is adopted.</summary>
    AdoptOwnDocument = 1 << 18,

    /// <summary>A repeated request that finds its own earlier value with a voter, and gets no further, is called one that never takes effect.</summary>
    ForgetEarlierAttempt = 1 << 19,
}
