using System.Text;
using KvCluster.Core.Steps;

namespace KvCluster.Node.Resp;

/// <summary>The content type by which a hash is known.</summary>
internal static class HashType
{
    public static readonly string Name = Encoding.ASCII.GetString(HashBody.ContentType);
}
