namespace KvCluster.Benchmarks.Output;

/// <summary>Lines up columns for people: text to the left, numbers to the right.</summary>
internal sealed class TextTable(params string[] titles)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [titles];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(TextWriter output)
    {
        int[] widths = [.. Enumerable.Range(0, titles.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (var row in _rows)
            output.WriteLine(string.Join(Gap, row.Select((cell, column) => IsText(column) ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
    }

    private bool IsText(int column) => _rows.Skip(1).Any(row => row[column].Length > 0 && !char.IsAsciiDigit(row[column][0]));
}
