using System.Buffers.Binary;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Steps;

/// <summary>Collects steps, straight from the bytes of requests, as the payload of one log entry. Used again after <see cref="Clear"/>.</summary>
public sealed class StepWriter
{
    /// <summary>A payload stays far below what a frame to the other server can hold.</summary>
    public const int PayloadBytesMax = CommandLimits.ValueBytesMax + (1 << 20);
    private const int KeptBytesMax = 64 << 10;

    // Operation, options, length of the key, two numbers, number of arguments.
    private const int StepFixedBytes = 24;

    // The head repeats the first key, and an inline request of 64 KiB may have 32,768 arguments, whose lengths it does not spell out.
    private const int SlackBytes = 256 << 10;
    private byte[] _buffer = [];
    private int _length;
    private int _countAt;
    private int _argumentsAt;
    private int _arguments;

    public int Count { get; private set; }
    public int Bytes => _length;

    /// <summary>Steps whose cost is that of the values they find, and not of the request that asks for them.</summary>
    public int Heavy { get; private set; }

    /// <summary>Whether as many steps, with as many bytes of keys and arguments, still fit into the payload.</summary>
    public bool HasRoom(long bytes, int steps) =>
        Count + (long)steps <= CommandLimits.StepsMax && _length + bytes + ((long)steps * StepFixedBytes) + SlackBytes <= PayloadBytesMax;

    public void Clear()
    {
        (_length, Count, Heavy) = (0, 0, 0);
        if (_buffer.Length > KeptBytesMax) _buffer = [];
    }

    /// <summary>Begins a step; its arguments follow by <see cref="Argument(ReadOnlySpan{byte})"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no room: <see cref="HasRoom"/> was not asked.</exception>
    public void Add(
        StepOperation operation, ReadOnlySpan<byte> key, long number = 0, long second = 0,
        ConditionKind condition = default, ExpiryKind expiry = default, bool isFlagged = false)
    {
        if (key.Length is 0 or > CommandLimits.KeyBytesMax) throw new ArgumentException($"A key has 1 to {CommandLimits.KeyBytesMax} bytes.", nameof(key));
        ThrowIfFull(Count + 1);
        if (Count == 0) WriteHead(key);
        Reserve(key.Length + StepFixedBytes);
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
        if (IsHeavy(operation, isFlagged)) Heavy++;
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
        ThrowIfFull(Count + other.Count);
        if (Count == 0) WriteHead(CommandView.Parse(other._buffer.AsMemory(0, other._length)).Key);
        var steps = other._buffer.AsSpan(other._countAt + 2, other._length - other._countAt - 2);
        Reserve(steps.Length);
        steps.CopyTo(_buffer.AsSpan(_length));
        _length += steps.Length;
        Count += other.Count;
        Heavy += other.Heavy;
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

    private static bool IsHeavy(StepOperation operation, bool isFlagged) => operation switch
    {
        StepOperation.Set => isFlagged,
        StepOperation.SetAllAbsent or StepOperation.Increment or StepOperation.IncrementFloat or StepOperation.Delete or StepOperation.Exists
            or StepOperation.AskExpiry or StepOperation.Watch => false,
        _ => true,
    };

    // A number of steps that went round would be read as another: it must never come into the log.
    private static void ThrowIfFull(int count)
    {
        if (count > CommandLimits.StepsMax) throw new InvalidOperationException($"One entry holds at most {CommandLimits.StepsMax} steps.");
    }

    private void Reserve(int bytes)
    {
        if (_length + (long)bytes > PayloadBytesMax) throw new InvalidOperationException($"The steps of one entry have at most {PayloadBytesMax} bytes.");
        if (_length + bytes <= _buffer.Length) return;
        Array.Resize(ref _buffer, Math.Max(Math.Max(512, _length + bytes), Math.Min(_buffer.Length * 2, PayloadBytesMax)));
    }
}
