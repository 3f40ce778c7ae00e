using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>The members of one line while it is read; each may come once.</summary>
internal sealed class RecordMembers
{
    private byte[]? _key;
    private byte[]? _value;
    private bool _isJson;

    public string? ContentType { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }

    public void SetKey(byte[] key)
    {
        if (_key is not null) throw new RecordFormatException("it has two keys.");
        _key = key;
    }

    public void SetValue(byte[] value, bool isJson)
    {
        if (_value is not null) throw new RecordFormatException("it has two values.");
        _value = value;
        _isJson = isJson;
    }

    public TransferRecord ToRecord()
    {
        if (_key is null) throw new RecordFormatException("it has no 'key' or 'keyBase64'.");
        if (_value is null) throw new RecordFormatException("it has no 'value', 'text' or 'base64'.");
        if (_key.Length is 0 or > KvKey.BytesMax) throw new RecordFormatException($"its key has {_key.Length} bytes; 1 to {KvKey.BytesMax} are possible.");
        if (_value.Length > KvValue.BytesMax) throw new RecordFormatException($"its value has {_value.Length} bytes; at most {KvValue.BytesMax} are possible.");
        if (_isJson && ContentType is not (null or KvValue.JsonContentType)) throw new RecordFormatException("'value' is for JSON; a value of another type is 'text' or 'base64'.");
        return new TransferRecord(new KvKey(_key), _value, ContentType ?? (_isJson ? KvValue.JsonContentType : KvValue.BinaryContentType), ExpiresAt);
    }
}
