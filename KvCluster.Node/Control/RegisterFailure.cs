using System.Net.Sockets;
using System.Text.Json;

namespace KvCluster.Node.Control;

/// <summary>Tells what a register that others keep throws when it or the way to it is in trouble from a mistake in this program, which ends the process.</summary>
internal static class RegisterFailure
{
    /// <param name="asked">A caller that gave up is no failure of the register.</param>
    public static bool IsTrouble(Exception failure, CancellationToken asked) =>
        failure is IOException or HttpRequestException or SocketException or TimeoutException or JsonException
        || (failure is OperationCanceledException && !asked.IsCancellationRequested);
}
