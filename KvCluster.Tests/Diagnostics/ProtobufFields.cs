using System.Text;

namespace KvCluster.Tests.Diagnostics;

/// <summary>The length-delimited fields of one protobuf message, enough to find a span in an OTLP request.</summary>
internal static class ProtobufFields
{
    public static IEnumerable<byte[]> All(byte[] message, int field) => Read(message).Where(found => found.Field == field).Select(found => found.Bytes);

    public static byte[] One(byte[] message, int field) => All(message, field).FirstOrDefault([]);

    public static string Text(byte[] message, int field) => Encoding.UTF8.GetString(One(message, field));

    private static List<(int Field, byte[] Bytes)> Read(byte[] message)
    {
        var fields = new List<(int, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0: Varint(message, ref at); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    fields.Add(((int)(tag >> 3), message[at..(at + length)]));
                    at += length;
                    break;
                default: throw new InvalidDataException($"Wire type {tag & 7}.");
            }
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0ul;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7F) << shift;
            if ((message[at++] & 0x80) == 0) return value;
        }
    }
}
