using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Patching;
using static KvCluster.Tests.Patching.JsonPatcherFixture;

namespace KvCluster.Tests.Patching;

public sealed class JsonPatchTests
{
    /// <summary>The examples of RFC 6902, appendix A, that succeed.</summary>
    [Theory]
    [InlineData("A.1", """{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("A.2", """{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("A.3", """{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("A.4", """{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("A.5", """{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        "A.6",
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("A.7", """{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData(
        "A.8",
        """{"baz":"qux","foo":["a",2,"c"]}""",
        """[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]""",
        """{"baz":"qux","foo":["a",2,"c"]}""")]
    [InlineData("A.10", """{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("A.11", """{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","xyz":123}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("A.14", """{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData("A.16", """{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    public void Apply_OfTheRfcsExamples_GivesTheirResults(string example, string value, string patch, string expected)
    {
        var (code, result) = Apply(PatchKind.Json, value, patch);
        Assert.Equal((example, OutcomeCode.Updated, expected), (example, code, result));
    }

    /// <summary>The examples of RFC 6902, appendix A, that fail, and what its sections forbid.</summary>
    [Theory]
    [InlineData("A.9", """{"baz":"qux"}""", """[{"op":"test","path":"/baz","value":"bar"}]""", OutcomeCode.PatchTestFailed)]
    [InlineData("A.12", """{"foo":"bar"}""", """[{"op":"add","path":"/baz/bat","value":"qux"}]""", OutcomeCode.PatchConflict)]
    [InlineData("A.13", """{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux","op":"remove"}]""", OutcomeCode.PatchInvalid)]
    [InlineData("A.15", """{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":"10"}]""", OutcomeCode.PatchTestFailed)]
    [InlineData("4.1 index", """[1,2]""", """[{"op":"add","path":"/3","value":0}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.2 absent", "{}", """[{"op":"remove","path":"/a"}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.2 end", "[1]", """[{"op":"remove","path":"/-"}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.2 root", "{}", """[{"op":"remove","path":""}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.3 absent", "{}", """[{"op":"replace","path":"/a","value":1}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.4 into itself", """{"a":{"b":1}}""", """[{"op":"move","from":"/a","path":"/a/b"}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.5 absent", "{}", """[{"op":"copy","from":"/a","path":"/b"}]""", OutcomeCode.PatchConflict)]
    [InlineData("4.6 absent", "{}", """[{"op":"test","path":"/a","value":null}]""", OutcomeCode.PatchTestFailed)]
    [InlineData("leading zero", "[1,2]", """[{"op":"replace","path":"/01","value":0}]""", OutcomeCode.PatchConflict)]
    [InlineData("through a text", """{"a":"b"}""", """[{"op":"test","path":"/a/b","value":0}]""", OutcomeCode.PatchTestFailed)]
    public void Apply_ThatMustFail_SaysWhy(string example, string value, string patch, OutcomeCode expected) =>
        Assert.Equal((example, expected, ""), (example, Apply(PatchKind.Json, value, patch).Code, Apply(PatchKind.Json, value, patch).Result));

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"add","path":"a","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/~2","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a~","value":1}]""")]
    [InlineData("""[{"op":"add","path":1,"value":1}]""")]
    [InlineData("""[{"op":"spin","path":"/a"}]""")]
    [InlineData("""[{"op":"move","path":"/a"}]""")]
    [InlineData("""[{"op":"copy","path":"/a","from":"b"}]""")]
    [InlineData("""[{"path":"/a","value":1}]""")]
    [InlineData("""[{"op":"test","path":"/\ud800","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a","value":1},{"op":"spin","path":"/a"}]""")]
    public void Apply_OfNoPatch_IsInvalidWhateverTheValue(string patch)
    {
        Assert.False(JsonPatcher.IsPatch(PatchKind.Json, Encoding.UTF8.GetBytes(patch)));
        Assert.Equal(OutcomeCode.PatchInvalid, Apply(PatchKind.Json, "{}", patch).Code);
        Assert.Equal(OutcomeCode.PatchInvalid, Apply(PatchKind.Json, null, patch).Code);
    }

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("10", "1e1", true)]
    [InlineData("0.1", "0.10", true)]
    [InlineData("12345678901234567890", "12345678901234567891", false)]
    [InlineData("1", "\"1\"", false)]
    [InlineData("null", "null", true)]
    [InlineData("null", "false", false)]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", true)]
    [InlineData("[1,2]", "[2,1]", false)]
    [InlineData("\"\\u0061\"", "\"a\"", true)]
    public void Test_ComparesByValue(string value, string expected, bool isEqual)
    {
        var patch = """[{"op":"test","path":"/v","value":""" + expected + "}]";
        Assert.Equal(isEqual ? OutcomeCode.Updated : OutcomeCode.PatchTestFailed, Apply(PatchKind.Json, """{"v":""" + value + "}", patch).Code);
    }

    [Fact]
    public void Apply_ToTheWholeDocument_ReplacesIt()
    {
        Assert.Equal((OutcomeCode.Updated, "[1]"), Apply(PatchKind.Json, "{}", """[{"op":"replace","path":"","value":[1]}]"""));
        Assert.Equal((OutcomeCode.Updated, "null"), Apply(PatchKind.Json, "{}", """[{"op":"add","path":"","value":null}]"""));
        Assert.Equal((OutcomeCode.Updated, "7"), Apply(PatchKind.Json, """{"a":7}""", """[{"op":"copy","from":"/a","path":""}]"""));
        Assert.Equal((OutcomeCode.Updated, """{"":1}"""), Apply(PatchKind.Json, "{}", """[{"op":"add","path":"/","value":1}]"""));
    }

    [Fact]
    public void Copy_OfTheDocumentIntoItself_CannotGrowWithoutEnd()
    {
        static string Copies(int count) => "[" + string.Join(',', Enumerable.Range(0, count).Select(i => $$"""{"op":"copy","from":"","path":"/c{{i}}"}""")) + "]";
        Assert.Equal((OutcomeCode.Updated, """{"a":1,"c0":{"a":1},"c1":{"a":1,"c0":{"a":1}}}"""), Apply(PatchKind.Json, """{"a":1}""", Copies(2)));
        Assert.Equal(OutcomeCode.ValueTooLarge, Apply(PatchKind.Json, """{"a":1}""", Copies(40)).Code);
        var deeper = "[" + string.Join(',', Enumerable.Repeat("""{"op":"copy","from":"/a","path":"/a/a"}""", 80)) + "]";
        Assert.Equal(OutcomeCode.PatchConflict, Apply(PatchKind.Json, """{"a":{}}""", deeper).Code);
    }

    [Fact]
    public void Insert_AtTheFrontOfALongArray_HasALimit()
    {
        var value = "[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]";
        var patch = "[" + string.Join(',', Enumerable.Repeat("""{"op":"add","path":"/0","value":1}""", 100)) + "]";
        Assert.Equal(OutcomeCode.ValueTooLarge, Apply(PatchKind.Json, value, patch).Code);
    }
}
