using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Steps;
using KvCluster.Node.Resp;
using KvCluster.Tests.Commands;

namespace KvCluster.Tests.Resp;

/// <summary>What any client can bring into the log, by either front end, applied to one state: hostile numbers, texts and documents, values of every kind below the same few keys.</summary>
internal sealed class ApplyFuzz(int seed)
{
    private static readonly string[] Words =
    [
        "", "0", "1", "-1", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "16777216", "16777217", "16777215", "2147483647", "-2147483649",
        "1e308", "-1e308", "1e-308", "1e400", "1.5", "-0", "00", "+1", " 1", "inf", "-inf", "nan", "0x10", "1e99999999999", "0.00000000000000000000000000001", "99999999999999999.9",
        "79228162514264337593543950335", "-79228162514264337593543950336", "NX", "XX", "GT", "LT", "EX", "PX", "EXAT", "PXAT", "KEEPTTL", "PERSIST", "GET", "IFEQ", "REPLACE", "DB",
        "abc", "[1]", "{}", "null", new('x', 300),
    ];

    private static readonly string[] Documents =
    [
        "{}", "[]", "null", "1", "\"x\"", "1e99999999999", "-1e-99999999999", "123456789012345678901234567890", "{\"a\":{\"b\":[1,2,{\"c\":null}]}}", "{\"\\ud800\":1}", "{\"a\":\"\\udc00\"}",
        "{\"a\":1,\"a\":2}", "{", "", Nested('[', ']', 63), Nested('[', ']', 64), Nested('[', ']', 65), NestedObjects(64), "[{\"op\":\"test\",\"path\":\"\",\"value\":1e99999999999}]",
        "[{\"op\":\"test\",\"path\":\"\",\"value\":0.1e-99999999998}]", "[{\"op\":\"add\",\"path\":\"/-\",\"value\":" + Nested('[', ']', 60) + "}]", "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/a\"}]",
        "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/-\"},{\"op\":\"copy\",\"from\":\"\",\"path\":\"/0\"}]", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]", "[{\"op\":\"remove\",\"path\":\"/0\"}]",
        "[{\"op\":\"replace\",\"path\":\"\",\"value\":null}]", "[{\"op\":\"add\",\"path\":\"/99999999999\",\"value\":1}]", "[{\"op\":\"test\",\"path\":\"/~\",\"value\":1}]", "[1]",
    ];

    private readonly Random _random = new(seed);
    private readonly TestNode _node = new();
    private readonly StepWriter _steps = new();
    private readonly Dictionary<string, int> _commands = [];

    public int Entries { get; private set; }
    public IReadOnlyDictionary<string, int> Commands => _commands;

    /// <summary>Applies one entry; anything thrown is a way to stop both servers of a node for good.</summary>
    public void RunOne()
    {
        if (_random.Next(64) == 0) _node.Wait(TimeSpan.FromMilliseconds(_random.Next(100_000)));
        if (_random.Next(3) == 0) RunHttp();
        else RunSteps();
    }

    private void RunSteps()
    {
        _steps.Clear();
        for (var requests = _random.Next(1, 5); requests > 0; requests--) Plan();
        if (_steps.Count == 0) return;
        StepPayload.Check(_steps.Payload);
        _node.Apply(EntryKind.Command, _steps.ToPayload());
        Entries++;
    }

    private void Plan()
    {
        var planned = RespCommands.All.Where(command => command.Plan is not null).ToArray();
        var command = planned[_random.Next(planned.Length)];
        var count = command.Arity > 0 ? command.Arity : -command.Arity + _random.Next(4);
        var last = command.LastKey < 0 ? count + command.LastKey : command.LastKey;
        var words = new string[count];
        for (var i = 1; i < count; i++)
            words[i] = i >= command.FirstKey && i <= last && (i - command.FirstKey) % command.KeyStep == 0 ? Key() : _random.Next(3) == 0 ? Key() : Word();
        words[0] = command.Name;
        var parser = new RespParser();
        Assert.Equal(RespParseStatus.Request, parser.Read(RespTestClient.Encode(words)));
        if (!_steps.HasRoom(parser.Consumed, command.StepsOf(count))) return;
        var before = _steps.Count;
        var plan = command.Plan!(parser, _steps);
        Assert.Equal(plan.Error is null ? plan.Steps : 0, _steps.Count - before);
        if (plan.Error is null) _commands[command.Name] = _commands.GetValueOrDefault(command.Name) + 1;
    }

    private void RunHttp()
    {
        var key = Encoding.ASCII.GetBytes(Key());
        var condition = _random.Next(6) switch { 0 => Condition.Absent, 1 => Condition.Present, _ => Condition.None };
        var expiry = _random.Next(4) switch { 0 => Expiry.At(Number()), 1 => new Expiry(ExpiryKind.After, Number()), 2 => Expiry.Keep, _ => Expiry.Never };
        Command command = _random.Next(6) switch
        {
            0 => new DeleteCommand { Key = key, Condition = condition },
            1 => new IncrementCommand { Key = key, Condition = condition, By = Number() },
            2 => new PatchCommand { Key = key, Condition = condition, Kind = _random.Next(2) == 0 ? PatchKind.Merge : PatchKind.Json, Patch = Encoding.UTF8.GetBytes(Document()) },
            3 => new ExpireCommand { Key = key, Condition = condition, Expiry = expiry },
            4 => new PutCommand { Key = key, Condition = condition, Expiry = expiry, ContentType = HashBody.ContentTypeName, Value = Forged() },
            _ => new PutCommand { Key = key, Condition = condition, Expiry = expiry, ContentType = "application/json", Value = Encoding.UTF8.GetBytes(Document()) },
        };
        _node.Apply(command);
        Entries++;
    }

    private byte[] Forged()
    {
        var body = new byte[_random.Next(40)];
        for (var i = 0; i < body.Length; i++) body[i] = (byte)(_random.Next(8) == 0 ? _random.Next(256) : _random.Next(3));
        return body;
    }

    private string Key() => "{k}" + _random.Next(6);
    private string Word() => Words[_random.Next(Words.Length)];
    private string Document() => Documents[_random.Next(Documents.Length)];
    private long Number() => _random.Next(4) switch { 0 => long.MaxValue, 1 => long.MinValue, 2 => _random.NextInt64(), _ => _random.Next(-5, 100_000) };
    private static string Nested(char open, char close, int depth) => new string(open, depth) + new string(close, depth);
    private static string NestedObjects(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
}
