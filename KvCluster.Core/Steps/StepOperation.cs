namespace KvCluster.Core.Steps;

/// <summary>What one step does to its key. The numbers are in the log for good.</summary>
public enum StepOperation : byte
{
    /// <summary>Argument: the value. Obeys condition and expiry; the flag asks for the old value instead of OK.</summary>
    Set = 1,

    /// <summary>Arguments: the first key's value, then further keys with theirs. All or, where one of the keys exists, nothing.</summary>
    SetAllAbsent = 2,
    Get = 3,
    GetDelete = 4,

    /// <summary>Returns the value and changes its expiry.</summary>
    GetExpire = 5,

    /// <summary>Argument: what to append.</summary>
    Append = 6,
    Length = 7,

    /// <summary>Numbers: first and last byte, negative ones from the end.</summary>
    GetRange = 8,

    /// <summary>Number: the offset. Argument: the bytes.</summary>
    SetRange = 9,

    /// <summary>Number: how much.</summary>
    Increment = 10,

    /// <summary>Argument: how much, as text.</summary>
    IncrementFloat = 11,

    Delete = 20,
    Exists = 21,
    Type = 22,

    /// <summary>Obeys the expiry; the number is an <see cref="ExpiryRule"/>.</summary>
    Expire = 23,
    Persist = 24,

    /// <summary>The number is an <see cref="ExpiryQuestion"/>.</summary>
    AskExpiry = 25,

    /// <summary>Argument: the new key, of the same slot. The number is a <see cref="RenameRule"/>.</summary>
    Rename = 26,

    /// <summary>Guard of a transaction: the key's revision must be the number, zero for an absent key.</summary>
    Watch = 27,

    /// <summary>Value, revision and content type.</summary>
    Describe = 28,

    /// <summary>Arguments: fields with their values. The flag asks for OK instead of the number of new fields.</summary>
    HashSet = 40,
    HashSetAbsent = 41,
    HashGet = 42,
    HashGetMany = 43,

    /// <summary>The number is a <see cref="HashPart"/>.</summary>
    HashGetAll = 44,
    HashDelete = 45,
    HashExists = 46,
    HashCount = 47,
    HashIncrement = 48,
    HashIncrementFloat = 49,
    HashLength = 50,
}
