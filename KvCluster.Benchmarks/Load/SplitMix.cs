namespace KvCluster.Benchmarks.Load;

/// <summary>A small seeded generator of random numbers (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).</summary>
internal struct SplitMix(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From 0 to <paramref name="bound"/>, without it.</summary>
    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>From 0 to 1, without it.</summary>
    public double Fraction() => (Next() >> 11) * (1.0 / (1UL << 53));
}
