using System.Text.Json;
using HpoService.Api.Contracts;
using HpoService.Search;

namespace HpoService.Api.Exports;

/// <summary>Trials as JSON, in the contract's form.</summary>
internal static class JsonExport
{
    /// <summary>One object with the list of the trials, as the import of a study takes it.</summary>
    public static async Task WriteAsync(ExportSource source, Stream to, CancellationToken cancellationToken)
    {
        await to.WriteAsync("{\"trials\":["u8.ToArray(), cancellationToken);
        await WriteTrialsAsync(source, to, ",\n"u8.ToArray(), cancellationToken);
        await to.WriteAsync("]}\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>A trial a line.</summary>
    public static async Task WriteLinesAsync(ExportSource source, Stream to, CancellationToken cancellationToken)
    {
        if (await WriteTrialsAsync(source, to, "\n"u8.ToArray(), cancellationToken))
            await to.WriteAsync("\n"u8.ToArray(), cancellationToken);
    }

    private static async Task<bool> WriteTrialsAsync(ExportSource source, Stream to, byte[] separator, CancellationToken cancellationToken)
    {
        using var part = new MemoryStream();
        var isFirst = true;
        await foreach (var page in source.PagesAsync(withMeasurements: true, cancellationToken))
        {
            part.SetLength(0);
            foreach (var trial in page)
            {
                if (!isFirst)
                    part.Write(separator);
                isFirst = false;
                JsonSerializer.Serialize(part, TrialContract.Of(trial), HpoJson.Options);
            }

            await to.WriteAsync(part.GetBuffer().AsMemory(0, (int)part.Length), cancellationToken);
        }

        return !isFirst;
    }
}
