using System.CommandLine;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary>How a command names a key.</summary>
internal sealed class KeyArguments
{
    private readonly Argument<string> _key = new("KEY") { Description = "The key, 1 to 1,024 bytes as UTF-8." };
    private readonly Option<bool> _isBase64 = new("--key-base64") { Description = "KEY is base64, for keys that are not UTF-8." };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_key);
        command.Options.Add(_isBase64);
    }

    /// <exception cref="UsageException">It is no key.</exception>
    public KvKey Key(ParseResult parsed) => Parse(parsed.GetValue(_key)!, parsed.GetValue(_isBase64));

    public static KvKey Parse(string text, bool isBase64)
    {
        try
        {
            return isBase64 ? new KvKey(Convert.FromBase64String(text)) : new KvKey(text);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            throw new UsageException($"'{text}' is no key: {wrong.Message}");
        }
    }
}
