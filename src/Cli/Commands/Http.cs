using System.Net.Http.Headers;

namespace HpoService.Cli.Commands;

/// <summary>Calls a service with the key that the environment gives: on a command line, everybody on the machine would see it.</summary>
internal static class Http
{
    public const string KeyVariable = "HPO_KEY";

    public static HttpClient Create(string url)
    {
        var http = new HttpClient { BaseAddress = new Uri(url) };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }
}
