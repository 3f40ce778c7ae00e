using System.Text;

namespace KvCluster.Client;

/// <summary>A change of a JSON value.</summary>
public readonly struct KvPatch
{
    public const string MergeContentType = "application/merge-patch+json";
    public const string JsonContentType = "application/json-patch+json";

    private KvPatch(ReadOnlyMemory<byte> document, bool isMerge)
    {
        Document = document;
        IsMerge = isMerge;
    }

    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>RFC 7396 if true, else RFC 6902.</summary>
    public bool IsMerge { get; }

    internal string ContentType => IsMerge ? MergeContentType : JsonContentType;

    /// <summary>RFC 7396: members of the document replace those of the value, null removes one. Makes the key when it is absent.</summary>
    public static KvPatch Merge(string document) => new(Encoding.UTF8.GetBytes(document), isMerge: true);

    public static KvPatch Merge(ReadOnlyMemory<byte> utf8Document) => new(utf8Document, isMerge: true);

    /// <summary>RFC 6902: a list of operations, applied all or none.</summary>
    public static KvPatch Json(string document) => new(Encoding.UTF8.GetBytes(document), isMerge: false);

    public static KvPatch Json(ReadOnlyMemory<byte> utf8Document) => new(utf8Document, isMerge: false);
}
