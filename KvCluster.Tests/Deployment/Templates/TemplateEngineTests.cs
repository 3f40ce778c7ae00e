namespace KvCluster.Tests.Deployment.Templates;

/// <summary>The small renderer does what Go's templates do, and refuses what it does not know.</summary>
public sealed class TemplateEngineTests
{
    private static readonly Dictionary<string, object?> Dot = new()
    {
        ["Values"] = new Dictionary<string, object?>
        {
            ["name"] = "kv",
            ["empty"] = "",
            ["count"] = 2L,
            ["isOn"] = true,
            ["map"] = new Dictionary<string, object?> { ["a"] = "1", ["b"] = 2L },
        },
    };

    [Theory]
    [InlineData("a {{ .Values.name }} b", "a kv b")]
    [InlineData("a {{- .Values.name -}} b", "akvb")]
    [InlineData("{{ .Values.count | quote }}", "\"2\"")]
    [InlineData("{{ default \"x\" .Values.empty }}{{ default \"x\" .Values.name }}", "xkv")]
    [InlineData("{{ if .Values.isOn }}yes{{ else }}no{{ end }}", "yes")]
    [InlineData("{{ if not .Values.isOn }}a{{ else if eq .Values.name \"kv\" }}b{{ else }}c{{ end }}", "b")]
    [InlineData("{{ with .Values.name }}{{ . }}{{ end }}{{ with .Values.empty }}never{{ end }}", "kv")]
    [InlineData("{{ range $i := until (int .Values.count) }}{{ add1 $i }};{{ end }}", "1;2;")]
    [InlineData("{{ $x := list \"a\" }}{{ $x = append $x \"b\" }}{{ join \",\" $x }}", "a,b")]
    [InlineData("{{ printf \"%s-%d\" .Values.name 7 }}", "kv-7")]
    [InlineData("{{ define \"t\" }}<{{ . }}>{{ end }}{{ include \"t\" .Values.name | quote }}", "\"<kv>\"")]
    [InlineData("x:{{ toYaml .Values.map | nindent 2 }}", "x:\n  \"a\": \"1\"\n  \"b\": 2")]
    [InlineData("{{/* nothing */}}{{ $.Values.name }}", "kv")]
    [InlineData("{{ if and .Values.isOn (lt 1 .Values.count) }}both{{ end }}", "both")]
    public void Render_FollowsGosTemplates(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{{ .Values.nmae }}")]
    [InlineData("{{ if .Values.isOn }}no end")]
    [InlineData("{{ end }}")]
    [InlineData("{{ frobnicate .Values.name }}")]
    [InlineData("{{ include \"nothing\" . }}")]
    [InlineData("{{ printf \"%d\" .Values.name }}")]
    [InlineData("{{ .Values.name")]
    [InlineData("{{ $never }}")]
    [InlineData("{{ fail \"said\" }}")]
    public void Render_WhatCannotBe_IsRefused(string template) => Assert.Throws<TemplateException>(() => Render(template));

    private static string Render(string template)
    {
        var engine = new TemplateEngine();
        return engine.Render(engine.Read(template), Dot);
    }
}
