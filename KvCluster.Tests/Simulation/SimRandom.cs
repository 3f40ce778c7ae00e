namespace KvCluster.Tests.Simulation;

/// <summary>The only source of chance in a world: xoshiro256** by Blackman and Vigna, the same numbers on every machine and runtime.</summary>
internal sealed class SimRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SimRandom(ulong seed)
    {
        _a = Mix(ref seed);
        _b = Mix(ref seed);
        _c = Mix(ref seed);
        _d = Mix(ref seed);
    }

    /// <summary>An own stream, so that one part of a world drawing more numbers does not change what the others draw.</summary>
    public SimRandom Fork() => new(Next());

    public ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    public int Below(int count) => (int)(((UInt128)Next() * (ulong)count) >> 64);

    /// <summary>Both ends included.</summary>
    public long Between(long least, long most) => least + (long)(((UInt128)Next() * (ulong)(most - least + 1)) >> 64);

    public bool Chance(int perThousand) => Below(1_000) < perThousand;
    public T Pick<T>(IReadOnlyList<T> from) => from[Below(from.Count)];

    /// <summary>A duration around <paramref name="mean"/>, now and then much longer, as real latencies are.</summary>
    public long Around(long mean) => Below(32) == 0 ? Between(mean, mean * 8) : Between(mean / 4, mean + (mean * 3 / 4));

    public Guid NextGuid() => new((int)Next(), (short)Next(), (short)Next(), BitConverter.GetBytes(Next()));
    public UInt128 NextUInt128() => new(Next(), Next() | 1);

    private static ulong Mix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
