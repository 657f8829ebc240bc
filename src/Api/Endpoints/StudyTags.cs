using System.Globalization;
using HpoService.Api.Contracts;

namespace HpoService.Api.Endpoints;

/// <summary>Gives every answer that is a study its version as the ETag; answers 304 to who has it already.</summary>
internal sealed class StudyTags : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var result = await next(context);
        if ((result is INestedHttpResult nested ? nested.Result : result) is not IValueHttpResult { Value: StudyContract study })
            return result;
        var (request, tag) = (context.HttpContext.Request, Of(study.Version));
        context.HttpContext.Response.Headers.ETag = tag;
        return HttpMethods.IsGet(request.Method) && request.Headers.IfNoneMatch.Any(tags => tags == "*" || tags?.Split(',').Any(t => t.Trim() is var given && (given == tag || given == $"W/{tag}")) == true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : result;
    }

    public static string Of(long version) => $"\"{version}\"";

    /// <summary>The versions that a change is meant for; null for any. Tags that are none of ours match nothing, nor do weak ones (RFC 9110, 13.1.1).</summary>
    public static IReadOnlyList<long>? Wanted(string? ifMatch) => ifMatch is null || ifMatch.Trim() == "*" ? null
        : [.. ifMatch.Split(',').Select(tag => long.TryParse(tag.Trim().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1).Where(v => v >= 0)];
}
