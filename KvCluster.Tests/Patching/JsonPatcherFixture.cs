using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Patching;

namespace KvCluster.Tests.Patching;

/// <summary>Patches with text in and out.</summary>
internal static class JsonPatcherFixture
{
    public static (OutcomeCode Code, string Result) Apply(PatchKind kind, string? value, string patch)
    {
        ReadOnlyMemory<byte>? bytes = value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value);
        var code = JsonPatcher.Apply(kind, bytes, Encoding.UTF8.GetBytes(patch), out var patched);
        return (code, Encoding.UTF8.GetString(patched.Span));
    }

}
