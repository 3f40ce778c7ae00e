using System.Globalization;

namespace KvCluster.Client.Configuration;

/// <summary>Reads a connection string from left to right and stops at the first mistake.</summary>
internal sealed class ConnectionStringParser
{
    private KvConnectionString _parsed = new();
    private string _mistake = "";
    private bool _isStatic;

    public static string NameOf(KvConsistency consistency) => consistency.Kind switch
    {
        KvConsistencyKind.Linearizable => "linearizable",
        KvConsistencyKind.Replica => "replica",
        KvConsistencyKind.Bounded => string.Create(CultureInfo.InvariantCulture, $"bounded-{(long)consistency.Staleness.TotalMilliseconds}ms"),
        _ => "preferMain",
    };

    public bool TryParse(string text, out KvConnectionString parsed, out string mistake)
    {
        var parts = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isParsed = parts.Length > 0 ? TrySettings(parts[1..]) && TryServers(parts[0]) : Fail("it names no server.");
        parsed = _parsed;
        mistake = _mistake;
        return isParsed;
    }

    private bool TrySettings(string[] settings)
    {
        foreach (var setting in settings)
        {
            var place = setting.IndexOf('=', StringComparison.Ordinal);
            if (place <= 0) return Fail($"'{setting}' is no setting of the form name=value.");
            if (!TrySetting(setting[..place].Trim(), setting[(place + 1)..].Trim())) return false;
        }

        return true;
    }

    private bool TrySetting(string name, string value)
    {
        switch (name.ToUpperInvariant())
        {
            case "MODE":
                _isStatic = value.Equals("static", StringComparison.OrdinalIgnoreCase);
                return _isStatic || value.Equals("cluster", StringComparison.OrdinalIgnoreCase) || Fail($"mode is 'cluster' or 'static', not '{value}'.");
            case "TIMEBUDGET":
                return TrySpan(name, value, span => _parsed = _parsed with { TimeBudget = span });
            case "ATTEMPTTIMEOUT":
                return TrySpan(name, value, span => _parsed = _parsed with { AttemptTimeout = span });
            case "CONNECTTIMEOUT":
                return TrySpan(name, value, span => _parsed = _parsed with { ConnectTimeout = span });
            case "HEALTHINTERVAL":
                return TrySpan(name, value, span => _parsed = _parsed with { HealthInterval = span });
            case "CONSISTENCY":
                return TryConsistency(value);
            case "CONNECTIONSPERSERVERMAX":
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count < 1)
                    return Fail($"{name} is a whole number above zero, not '{value}'.");
                _parsed = _parsed with { ConnectionsPerServerMax = count };
                return true;
            default:
                return Fail($"'{name}' is no known setting.");
        }
    }

    private bool TryConsistency(string value)
    {
        KvConsistency? consistency = value.ToUpperInvariant() switch
        {
            "PREFERMAIN" => KvConsistency.PreferMain,
            "LINEARIZABLE" => KvConsistency.Linearizable,
            "REPLICA" => KvConsistency.Replica,
            ['B', 'O', 'U', 'N', 'D', 'E', 'D', '-', .. var bound] when TryParseSpan(bound, out var span) => KvConsistency.Bounded(span),
            _ => null,
        };
        _parsed = _parsed with { Consistency = consistency };
        return consistency is not null || Fail($"consistency is preferMain, linearizable, replica or bounded-500ms, not '{value}'.");
    }

    private bool TrySpan(string name, string value, Action<TimeSpan> set)
    {
        if (!TryParseSpan(value, out var span)) return Fail($"{name} is a time such as 500ms, 5s or 2m, not '{value}'.");
        set(span);
        return true;
    }

    private static bool TryParseSpan(string text, out TimeSpan span)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var milliseconds = text[digits..].ToUpperInvariant() switch
        {
            "MS" => 1,
            "S" => 1000,
            "M" => 60_000,
            _ => 0,
        };
        var isNumber = int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        span = TimeSpan.FromMilliseconds((double)number * milliseconds);
        return isNumber && span > TimeSpan.Zero;
    }

    private bool TryServers(string servers)
    {
        var names = servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) return Fail("it names no server.");
        if (_isStatic) return TryStaticNodes(names);
        if (names is [var single] && IsServiceName(single))
        {
            _parsed = _parsed with { ServiceName = single };
            return true;
        }

        var endpoints = new List<Uri>();
        foreach (var name in names)
        {
            if (!TryServer(name, out var endpoint)) return false;
            endpoints.Add(endpoint);
        }

        _parsed = _parsed with { Endpoints = endpoints };
        return true;
    }

    private bool TryStaticNodes(string[] nodes)
    {
        var parsed = new List<KvStaticNode>();
        foreach (var node in nodes)
        {
            var servers = node.Split('|', StringSplitOptions.TrimEntries);
            if (servers.Length > 2) return Fail($"'{node}' has more servers than a main and a replica.");
            if (!TryServer(servers[0], out var main)) return false;
            Uri? replica = null;
            if (servers.Length == 2 && !TryServer(servers[1], out replica)) return false;
            parsed.Add(new KvStaticNode(main, replica));
        }

        _parsed = _parsed with { StaticNodes = parsed };
        return true;
    }

    /// <summary>A URL without a port is a name for service discovery, also where the scheme says which of two to prefer.</summary>
    private static bool IsServiceName(string text)
    {
        var place = text.IndexOf("://", StringComparison.Ordinal);
        if (place < 0 || text[..place] is not ("http" or "https" or "https+http" or "http+https")) return false;
        var host = text[(place + 3)..].TrimEnd('/');
        return host.Length > 0 && host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
    }

    private bool TryServer(string text, out Uri server)
    {
        var full = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        var isServer = Uri.TryCreate(full, UriKind.Absolute, out server!)
            && server is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "", Fragment: "" }
            && HasPort(full, server);
        return isServer || Fail($"'{text}' is no server of the form http://host:port.");
    }

    // The Uri class leaves out a port that is the scheme's own, so the text has to be asked.
    private static bool HasPort(string text, Uri uri) =>
        !uri.IsDefaultPort || text.TrimEnd('/').EndsWith(string.Create(CultureInfo.InvariantCulture, $":{uri.Port}"), StringComparison.Ordinal);

    private bool Fail(string mistake)
    {
        _mistake = mistake;
        return false;
    }
}
