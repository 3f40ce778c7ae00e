using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Client.Requests;

/// <summary>Names the writes of this client, and knows which of them are still under way.</summary>
/// <remarks>
/// A server may forget everything below <see cref="RequestId.FirstIncomplete"/> (RIFL, SOSP 2015), so a sequence is complete only when
/// no attempt of it can arrive any more. An attempt that was not answered may still lie in a buffer on the way when the next one is
/// answered, or when the call is given up: such a sequence is held for a minute, or the late attempt would be executed as a new one.
/// </remarks>
internal sealed class RequestIdWindow
{
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly UInt128 _client;
    private readonly TimeProvider _time;
    private readonly Queue<(ulong Sequence, long Since)> _held = new();

    // Bit (sequence modulo the number of bits) is set while a sequence at or above _first is complete.
    private ulong[] _completed = new ulong[4];
    private ulong _first = 1;
    private ulong _next = 1;

    public RequestIdWindow(UInt128 client, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfZero(client);
        _client = client;
        _time = time;
    }

    /// <summary>A window of a new client: 128 random bits.</summary>
    public static RequestIdWindow Create(TimeProvider time)
    {
        Span<byte> bits = stackalloc byte[16];
        UInt128 client;
        do
        {
            System.Security.Cryptography.RandomNumberGenerator.Fill(bits);
            client = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bits);
        }
        while (client == UInt128.Zero);
        return new RequestIdWindow(client, time);
    }

    /// <summary>Sequences below it are complete.</summary>
    public ulong FirstIncomplete
    {
        get
        {
            lock (_gate) return _first;
        }
    }

    /// <param name="stamp">The newest revision seen so far; a retry keeps the one it was first sent with.</param>
    public RequestId Begin(Revision stamp)
    {
        lock (_gate)
        {
            Release();
            if (_next - _first >= BitCount) Grow();
            var sequence = _next++;
            return new RequestId(_client, sequence, stamp, _first);
        }
    }

    /// <param name="isInDoubt">An attempt of it was not answered.</param>
    public void Complete(ulong sequence, bool isInDoubt)
    {
        lock (_gate)
        {
            if (sequence < _first || sequence >= _next) throw new ArgumentOutOfRangeException(nameof(sequence), sequence, "Not a sequence under way.");
            if (isInDoubt) _held.Enqueue((sequence, _time.GetTimestamp()));
            else MarkComplete(sequence);
        }
    }

    private void Release()
    {
        while (_held.TryPeek(out var oldest) && _time.GetElapsedTime(oldest.Since) >= Hold) MarkComplete(_held.Dequeue().Sequence);
    }

    private void MarkComplete(ulong sequence)
    {
        Set(sequence);
        while (_first < _next && IsSet(_first)) Clear(_first++);
    }

    private ulong BitCount => (ulong)_completed.Length * 64;

    private bool IsSet(ulong sequence) => (Word(sequence) & Bit(sequence)) != 0;
    private void Set(ulong sequence) => Word(sequence) |= Bit(sequence);
    private void Clear(ulong sequence) => Word(sequence) &= ~Bit(sequence);
    private ref ulong Word(ulong sequence) => ref _completed[(sequence % BitCount) / 64];
    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % 64);

    // The oldest sequence is at most a time budget and a minute old, which bounds the span and with it this table.
    private void Grow()
    {
        var smaller = new RequestIdWindow(_client, _time) { _completed = _completed };
        _completed = new ulong[_completed.Length * 2];
        for (var sequence = _first; sequence < _next; sequence++)
        {
            if (smaller.IsSet(sequence)) Set(sequence);
        }
    }
}
