using System.Text;

namespace HpoService.Api.Access;

/// <summary>Refuses headers that are no UTF-8 with a problem document: by itself the server does so before anybody can say why.</summary>
internal static class RequestHeaders
{
    private const char Replacement = '\uFFFD';
    private static readonly UTF8Encoding Lenient = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    public static Encoding EncodingOf(string header) => Lenient;

    public static Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        foreach (var (name, values) in context.Request.Headers)
            foreach (var value in values)
                if (value?.Contains(Replacement) == true)
                    throw new BadHttpRequestException($"headers must be UTF-8, but got other bytes in {name}.");
        return next(context);
    }
}
