using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Client.Requests;

/// <summary>Names the writes of this client, and knows which of them are still under way.</summary>
/// <remarks>
/// A server forgets everything below <see cref="RequestId.FirstIncomplete"/> and refuses it from then on (RIFL, SOSP 2015). So a sequence
/// is complete when this client will never send it again: it was answered, or given up. An attempt that still lies in a buffer on the
/// way then is not executed when it arrives at last, or it finds the record of an earlier one.
/// </remarks>
internal sealed class RequestIdWindow
{
    private readonly Lock _gate = new();
    private readonly UInt128 _client;

    // Bit (sequence modulo the number of bits) is set while a sequence at or above _first is complete.
    private ulong[] _completed = new ulong[4];
    private ulong _first = 1;
    private ulong _next = 1;

    public RequestIdWindow(UInt128 client)
    {
        ArgumentOutOfRangeException.ThrowIfZero(client);
        _client = client;
    }

    /// <summary>A window of a new client: 128 random bits.</summary>
    public static RequestIdWindow Create()
    {
        Span<byte> bits = stackalloc byte[16];
        UInt128 client;
        do
        {
            System.Security.Cryptography.RandomNumberGenerator.Fill(bits);
            client = System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bits);
        }
        while (client == UInt128.Zero);
        return new RequestIdWindow(client);
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
            if (_next - _first >= BitCount) Grow();
            var sequence = _next++;
            return new RequestId(_client, sequence, stamp, _first);
        }
    }

    public void Complete(ulong sequence)
    {
        lock (_gate)
        {
            if (sequence < _first || sequence >= _next) throw new ArgumentOutOfRangeException(nameof(sequence), sequence, "Not a sequence under way.");
            Set(sequence);
            while (_first < _next && IsSet(_first)) Clear(_first++);
        }
    }

    private ulong BitCount => (ulong)_completed.Length * 64;

    private bool IsSet(ulong sequence) => (Word(sequence) & Bit(sequence)) != 0;
    private void Set(ulong sequence) => Word(sequence) |= Bit(sequence);
    private void Clear(ulong sequence) => Word(sequence) &= ~Bit(sequence);
    private ref ulong Word(ulong sequence) => ref _completed[(sequence % BitCount) / 64];
    private static ulong Bit(ulong sequence) => 1UL << (int)(sequence % 64);

    // The oldest call is at most one time budget old, which bounds the span and with it this table.
    private void Grow()
    {
        var smaller = new RequestIdWindow(_client) { _completed = _completed };
        _completed = new ulong[_completed.Length * 2];
        for (var sequence = _first; sequence < _next; sequence++)
        {
            if (smaller.IsSet(sequence)) Set(sequence);
        }
    }
}
