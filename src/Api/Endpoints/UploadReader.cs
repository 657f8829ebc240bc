using System.Globalization;
using System.Text;
using HpoService.Api.Access;
using HpoService.Api.Problems;
using HpoService.Search.Models;
using HpoService.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace HpoService.Api.Endpoints;

/// <summary>A form as it came, its files on disk by now.</summary>
/// <param name="Fields">Texts by name.</param>
/// <param name="Files">By name: the file's own name and its SHA-256.</param>
internal sealed record Upload(SortedDictionary<string, string> Fields, SortedDictionary<string, UploadedFile> Files)
{
    public DataSetUpload ToUpload(UploadFolder folder, LimitOptions limits) => new(
        Field("name") ?? throw new InvalidValuesException("/name", "name must be given, but got none."), folder.PathOf("file"),
        Files.TryGetValue("file", out var file) ? file.Name : throw new InvalidValuesException("/file", "file must be given, but got none."),
        Files.ContainsKey("labels") ? folder.PathOf("labels") : null, Field("format"), Field("target"), Field("goal"), limits.DataSetUnpackedBytes, limits.DataSetSeconds,
        Number("imageSize"), Number("imageChannels"));

    private int? Number(string name) => Field(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new InvalidValuesException($"/{name}", $"{name} must be a whole number, but got '{text}'.");

    // An empty field of a form in a page is one that was not filled in.
    private string? Field(string name) => Fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
}

/// <summary>A file of a form.</summary>
internal sealed record UploadedFile(string Name, string Sha256);

/// <summary>Reads a multipart form as it comes: files go to disk piece by piece, never into memory, and never under a name that came with them.</summary>
internal static class UploadReader
{
    private const int MostText = 1000, MostParts = 20;
    private static readonly string[] FieldNames = ["name", "format", "target", "goal", "imageSize", "imageChannels"], FileNames = ["file", "labels"];

    public static async Task<Upload> ReadAsync(HttpRequest request, UploadFolder folder, LimitOptions limits, CancellationToken cancellationToken)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bound)
            bound.MaxRequestBodySize = limits.DataSetBytes + 65_536; // and the form's own words
        var reader = new MultipartReader(Boundary(request), request.Body);
        var upload = new Upload(new(StringComparer.Ordinal), new(StringComparer.Ordinal));
        var bytes = 0L;
        try
        {
            for (var parts = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; parts++)
            {
                var name = Name(section, parts);
                if (upload.Files.ContainsKey(name) || upload.Fields.ContainsKey(name))
                    throw new InvalidDataSetException($"{name} must be given once, but got it twice.", $"/{name}");
                if (FileNames.Contains(name))
                    upload.Files.Add(name, new UploadedFile(
                        FileName(section), await folder.WriteAsync(name, section.Body, Count, cancellationToken)));
                else
                    upload.Fields.Add(name, await TextAsync(name, section, cancellationToken));
            }
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException || e is IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException($"the body must be a multipart form with each field once, but got: {e.Message}");
        }

        return upload;

        void Count(int n)
        {
            bytes += n;
            if (bytes > limits.DataSetBytes)
                throw new RefusedException(413, "too-large", $"a data set's files must have at most {limits.DataSetBytes} bytes, but got more.");
        }
    }

    private static string Boundary(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary
            ? boundary.ToString()
            : throw new BadHttpRequestException($"Content-Type must be multipart/form-data with a boundary, but got '{request.ContentType}'.");

    private static string Name(MultipartSection section, int parts)
    {
        var name = ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var given) ? HeaderUtilities.RemoveQuotes(given.Name).ToString() : "";
        return parts < MostParts && (FieldNames.Contains(name) || FileNames.Contains(name)) ? name
            : throw new BadHttpRequestException($"a form's fields must be among {string.Join(", ", FieldNames.Concat(FileNames))}, but got '{name}'.");
    }

    // Only its end says anything: the format by its suffix, and errors show it.
    private static string FileName(MultipartSection section)
    {
        var given = ContentDispositionHeaderValue.Parse(section.ContentDisposition!);
        var name = HeaderUtilities.RemoveQuotes(given.FileNameStar.HasValue ? given.FileNameStar : given.FileName).ToString();
        name = new string([.. name.Split('/', '\\')[^1].Where(c => !char.IsControl(c))]);
        return name.Length switch { 0 => "file", > 100 => name[^100..], _ => name };
    }

    private static async Task<string> TextAsync(string name, MultipartSection section, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostText + 1];
        var n = await section.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return n <= MostText ? Encoding.UTF8.GetString(buffer, 0, n) : throw new InvalidValuesException($"/{name}", $"{name} must have at most {MostText} bytes, but got more.");
    }
}
