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
        return HttpMethods.IsGet(request.Method) && request.Headers.IfNoneMatch.Any(tags => tags == "*" || tags?.Split(',').Any(t => t.Trim().Replace("W/", "") == tag) == true)
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : result;
    }

    public static string Of(long version) => $"\"{version}\"";

    /// <summary>The version that a change is meant for; null without one, one that no study has when the tag is none of ours.</summary>
    public static long? Wanted(string? ifMatch) => ifMatch is null or "*" ? null : long.TryParse(ifMatch.Trim().Trim('"'), out var version) ? version : -1;
}
