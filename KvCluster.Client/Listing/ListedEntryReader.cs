using System.Text;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Client.Listing;

/// <summary>Puts one listed key into an entry.</summary>
internal static class ListedEntryReader
{
    public static KvEntry Read(ListedEntry listed) => new()
    {
        Key = listed.Key is { } text ? new KvKey(Encoding.UTF8.GetBytes(text)) : new KvKey(listed.KeyBase64 ?? []),
        Revision = listed.Revision,
        ContentType = listed.ContentType ?? "",
        ExpiresAt = listed.ExpiresAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
        Value = listed.Value is { } value ? Encoding.UTF8.GetBytes(value) : listed.ValueBase64,
    };
}
