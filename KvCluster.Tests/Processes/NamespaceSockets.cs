using System.ComponentModel;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KvCluster.Tests.Processes;

/// <summary>Connections from inside a network namespace. A socket belongs for good to the namespace of the thread that made it.</summary>
internal static partial class NamespaceSockets
{
    private const int NetworkNamespace = 0x40000000;

    public static SocketsHttpHandler HandlerOf(string networkNamespace) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(1),
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = Create(networkNamespace);
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    // On a thread of its own that ends afterwards: no other work may ever run on one that is in another namespace.
    private static Socket Create(string networkNamespace)
    {
        Socket? socket = null;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var file = File.OpenHandle($"/var/run/netns/{networkNamespace}", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (SetNamespace(file, NetworkNamespace) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
                socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            }
            catch (Exception broken)
            {
                // Border: thrown again by the thread that asked.
                failure = broken;
            }
        });
        thread.Start();
        thread.Join();
        return socket ?? throw new IOException($"No socket in {networkNamespace}.", failure);
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle file, int kind);
}
