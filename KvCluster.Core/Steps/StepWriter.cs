using System.Buffers.Binary;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>Collects steps, straight from the bytes of requests, as the payload of one log entry. Used again after <see cref="Clear"/>.</summary>
public sealed class StepWriter
{
    /// <summary>A payload stays far below what a frame to the other server can hold.</summary>
    public const int PayloadBytesMax = CommandLimits.ValueBytesMax + (1 << 20);
    private const int KeptBytesMax = 64 << 10;
    private const int CountMax = 65_535;
    private byte[] _buffer = [];
    private int _length;
    private int _countAt;
    private int _argumentsAt;
    private int _arguments;

    public int Count { get; private set; }
    public int Bytes => _length;

    /// <summary>Whether as many bytes of key and arguments still fit into the payload.</summary>
    public bool HasRoom(long bytes) => Count < CountMax && _length + bytes + 64 <= PayloadBytesMax;

    public void Clear()
    {
        (_length, Count) = (0, 0);
        if (_buffer.Length > KeptBytesMax) _buffer = [];
    }

    /// <summary>Begins a step; its arguments follow by <see cref="Argument(ReadOnlySpan{byte})"/>.</summary>
    public void Add(
        StepOperation operation, ReadOnlySpan<byte> key, long number = 0, long second = 0,
        ConditionKind condition = default, ExpiryKind expiry = default, bool isFlagged = false)
    {
        if (key.Length is 0 or > CommandLimits.KeyBytesMax) throw new ArgumentException($"A key has 1 to {CommandLimits.KeyBytesMax} bytes.", nameof(key));
        if (Count == 0) WriteHead(key);
        Reserve(key.Length + 24);
        _buffer[_length] = (byte)operation;
        _buffer[_length + 1] = (byte)((int)condition | ((int)expiry << StepView.ExpiryShift) | (isFlagged ? StepView.Flagged : 0)
            | (number != 0 ? StepView.HasNumber : 0) | (second != 0 ? StepView.HasSecond : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_length + 2), (ushort)key.Length);
        _length += 4;
        key.CopyTo(_buffer.AsSpan(_length));
        _length += key.Length;
        if (number != 0) Write(number);
        if (second != 0) Write(second);
        (_argumentsAt, _arguments) = (_length, 0);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), 0);
        _length += 4;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_countAt), (ushort)++Count);
    }

    public void Argument(ReadOnlySpan<byte> argument)
    {
        Reserve(argument.Length + 4);
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), argument.Length);
        argument.CopyTo(_buffer.AsSpan(_length + 4));
        _length += 4 + argument.Length;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_argumentsAt), ++_arguments);
    }

    /// <summary>Adds all steps of another writer behind these.</summary>
    public void Append(StepWriter other)
    {
        if (other.Count == 0) return;
        if (Count == 0) WriteHead(CommandView.Parse(other._buffer.AsMemory(0, other._length)).Key);
        var steps = other._buffer.AsSpan(other._countAt + 2, other._length - other._countAt - 2);
        Reserve(steps.Length);
        steps.CopyTo(_buffer.AsSpan(_length));
        _length += steps.Length;
        Count += other.Count;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_countAt), (ushort)Count);
    }

    /// <summary>The payload; the one allocation of an entry.</summary>
    public byte[] ToPayload() => _buffer.AsSpan(0, _length).ToArray();

    /// <summary>The payload in place, until the writer changes.</summary>
    public ReadOnlyMemory<byte> Payload => _buffer.AsMemory(0, _length);

    // As every command: version, type, flags, the first step's key; then the number of steps.
    private void WriteHead(ReadOnlySpan<byte> key)
    {
        Reserve(CommandView.FixedBytes + key.Length + 2);
        _buffer[0] = CommandView.Version;
        _buffer[1] = (byte)CommandType.Steps;
        _buffer[2] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(3), (ushort)key.Length);
        key.CopyTo(_buffer.AsSpan(CommandView.FixedBytes));
        _countAt = CommandView.FixedBytes + key.Length;
        _length = _countAt + 2;
    }

    private void Write(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.AsSpan(_length), number);
        _length += 8;
    }

    private void Reserve(int bytes)
    {
        if (_length + bytes <= _buffer.Length) return;
        Array.Resize(ref _buffer, Math.Max(Math.Max(512, _length + bytes), Math.Min(_buffer.Length * 2, PayloadBytesMax + (1 << 20))));
    }
}
