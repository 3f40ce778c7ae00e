using System.Text;
using Spectre.Console;

namespace KvCluster.Cli;

/// <summary>Where the tool reads and writes: data to the output, everything else to the error stream.</summary>
internal sealed class CliConsole
{
    private const int WidthOfFile = 240;

    public required Stream Input { get; init; }
    public required Stream Output { get; init; }
    public required TextWriter Error { get; init; }
    public required bool IsOutputTerminal { get; init; }
    public required bool IsErrorTerminal { get; init; }
    public required Func<string, string?> Environment { get; init; }

    public static CliConsole OfProcess() => new()
    {
        Input = Console.OpenStandardInput(),
        Output = Console.OpenStandardOutput(),
        Error = Console.Error,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsErrorTerminal = !Console.IsErrorRedirected,
        Environment = System.Environment.GetEnvironmentVariable,
    };

    /// <summary>Writes a table to the output: as wide as the terminal, or wide enough that nothing breaks in a file.</summary>
    public void WriteTable(Table table)
    {
        using var writer = NewOutputWriter();
        var console = NewAnsiConsole(writer, IsOutputTerminal);
        if (!IsOutputTerminal) console.Profile.Width = WidthOfFile;
        console.Write(table);
    }

    /// <summary>A console for progress, on the error stream.</summary>
    public IAnsiConsole NewProgressConsole() => NewAnsiConsole(Error, IsErrorTerminal);

    public StreamWriter NewOutputWriter() => new(Output, new UTF8Encoding(false), leaveOpen: true);

    private IAnsiConsole NewAnsiConsole(TextWriter writer, bool isTerminal) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Out = new AnsiConsoleOutput(writer),
        Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        ColorSystem = isTerminal && string.IsNullOrEmpty(Environment("NO_COLOR")) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Interactive = InteractionSupport.No,
    });
}
