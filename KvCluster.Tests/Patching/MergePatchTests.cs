using KvCluster.Core.Commands;
using static KvCluster.Tests.Patching.JsonPatcherFixture;

namespace KvCluster.Tests.Patching;

public sealed class MergePatchTests
{
    /// <summary>The examples of RFC 7396, appendix A, and the one of section 3.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData(
        """{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"content":"This will be unchanged"}""",
        """{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},"tags":["example"]}""",
        """{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"content":"This will be unchanged","phoneNumber":"+01-123-456-7890"}""")]
    public void Apply_OfTheRfcsExamples_GivesTheirResults(string value, string patch, string expected) =>
        Assert.Equal((OutcomeCode.Updated, expected), Apply(PatchKind.Merge, value, patch));

    [Fact]
    public void Apply_KeepsNumbersTextAndOrderAsTheyWereWritten() => Assert.Equal(
        (OutcomeCode.Updated, """{"z":1.50,"big":123456789012345678901234567890,"é":"<ö>&'","a":2}"""),
        Apply(PatchKind.Merge, """{ "z" : 1.50, "big":123456789012345678901234567890, "\u00e9":"<ö>&'", "x":1 }""", """{"x":null,"a":2}"""));

    [Fact]
    public void Apply_ToNoValue_MakesOne() => Assert.Equal((OutcomeCode.Updated, """{"a":{}}"""), Apply(PatchKind.Merge, null, """{"a":{"b":null},"c":null}"""));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("/* no */ {}")]
    public void Apply_OfNoPatch_IsInvalid(string patch) => Assert.Equal(OutcomeCode.PatchInvalid, Apply(PatchKind.Merge, "{}", patch).Code);

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":\"\\udc00\"}")]
    public void Apply_ToAValueThatIsNoJson_SaysSo(string value) => Assert.Equal(OutcomeCode.ValueNotJson, Apply(PatchKind.Merge, value, "{}").Code);

    [Fact]
    public void Apply_AtTheLimitsOfDepth_WorksAndBeyondIsRefused()
    {
        Assert.Equal(OutcomeCode.Updated, Apply(PatchKind.Merge, Nested(64), Nested(64)).Code);
        Assert.Equal(OutcomeCode.PatchInvalid, Apply(PatchKind.Merge, "{}", Nested(65)).Code);
        Assert.Equal(OutcomeCode.ValueNotJson, Apply(PatchKind.Merge, Nested(65), "{}").Code);
    }

    [Fact]
    public void Apply_WithAResultOverTheLimit_IsRefused()
    {
        var half = new string('x', (CommandLimits.ValueBytesMax / 2) - 3);
        Assert.Equal(OutcomeCode.ValueTooLarge, Apply(PatchKind.Merge, $$"""{"a":"{{half}}"}""", $$"""{"b":"{{half}}"}""").Code);
    }

    [Fact]
    public void Apply_OfManyRemovals_TakesNoSquareOfTheTime()
    {
        const int count = 200_000;
        var members = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":1"));
        var removals = string.Join(',', Enumerable.Range(0, count - 1).Select(i => $"\"m{i}\":null"));
        Assert.Equal((OutcomeCode.Updated, $"{{\"m{count - 1}\":1}}"), Apply(PatchKind.Merge, "{" + members + "}", "{" + removals + "}"));
    }

    private static string Nested(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth - 1)) + "{}" + new string('}', depth - 1);
}
