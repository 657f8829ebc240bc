using System.Runtime.CompilerServices;
using System.Text;

namespace HpoService.Worker.Commands;

/// <summary>Lines of a program that may never end one.</summary>
internal static class BoundedLines
{
    /// <summary>The longest line, in characters; longer ones are cut into several.</summary>
    public const int MaxLength = 65_536;

    public static async IAsyncEnumerable<string> ReadAsync(TextReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        while (await reader.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] is not '\n' && line.Length < MaxLength)
                {
                    line.Append(buffer[i]);
                    continue;
                }

                yield return line.ToString().TrimEnd('\r');
                line.Clear();
                if (buffer[i] is not '\n')
                    line.Append(buffer[i]);
            }
        }

        if (line.Length > 0)
            yield return line.ToString();
    }
}
