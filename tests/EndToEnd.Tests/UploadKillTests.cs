using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace HpoService.EndToEnd.Tests;

/// <summary>kill -9 of the service while a data set comes in: the whole of it is there afterwards, or nothing.</summary>
public sealed class UploadKillTests : IDisposable
{
    private const int Rows = 150_000;
    private static readonly byte[] Table = Encoding.ASCII.GetBytes("a,b,c\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{i % 97},{i % 2}\n"))));
    private static readonly byte[] Start = Encoding.ASCII.GetBytes(
        "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nflowers\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n");
    private static readonly byte[] End = "\r\n--b--\r\n"u8.ToArray();
    private readonly string _data = Directory.CreateTempSubdirectory("hpo-upload-").FullName;

    private string Root => Path.Combine(_data, "datasets");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_kill_at_any_moment_of_an_upload_leaves_the_whole_data_set_or_nothing_and_no_leftovers()
    {
        var (kept, lost) = (0, 0);
        foreach (var moment in Enum.GetValues<Moment>())
        {
            IReadOnlyList<int> readers;
            await using (var service = await Service.StartAsync(_data, slots: 0))
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                var url = service.Http.BaseAddress!;
                await socket.ConnectAsync(url.Host, url.Port);
                await socket.SendAsync(Encoding.ASCII.GetBytes(
                    $"POST /api/v1/datasets HTTP/1.1\r\nHost: {url.Authority}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {Start.Length + Table.Length + End.Length}\r\n\r\n"));
                await SendAllAsync(socket, Start);
                await SendAllAsync(socket, moment == Moment.HalfTheBody ? Table[..(Table.Length / 2)] : Table);
                if (moment != Moment.HalfTheBody)
                    await SendAllAsync(socket, End);
                await ReachAsync(moment, socket);
                readers = service.Children();
                await service.KillAsync();
            }

            await using var again = await Service.StartAsync(_data, slots: 0);
            foreach (var reader in readers)
                await EndAsync(reader);
            using var answer = await again.Http.GetAsync("api/v1/datasets/flowers");
            Assert.Equal(answer.StatusCode == HttpStatusCode.OK ? ["flowers"] : [], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                Assert.Equal(Rows, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("count").GetInt32());
                Assert.Equal(Table, await File.ReadAllBytesAsync(Path.Combine(Root, "flowers", "data")));
                Assert.True(moment > Moment.HalfTheBody, $"{moment}"); // the reader may have been started, and ends what it began
                kept++;
            }
            else
            {
                Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                Assert.True(moment < Moment.Kept, $"{moment}");
                lost++;
            }

            await again.Http.DeleteAsync("api/v1/datasets/flowers");
            Assert.Empty(Directory.GetFileSystemEntries(Root));
        }

        Assert.True(kept >= 2 && lost >= 1, $"{kept} {lost}");
    }

    [Fact]
    public async Task A_second_service_that_starts_leaves_an_upload_to_the_first_alone()
    {
        await using var service = await Service.StartAsync(_data, slots: 0);
        using var form = new MultipartFormDataContent { { new StringContent("flowers"), "name" } };
        var rest = new TaskCompletionSource();
        form.Add(new SlowContent(Table, rest.Task), "file", "f.csv");
        var upload = service.Http.PostAsync("api/v1/datasets", form);
        await UntilAsync(() => Directory.Exists(Root) && Directory.GetDirectories(Root, ".upload-*").Any(d => File.Exists(Path.Combine(d, "file"))));
        await using (await Service.StartAsync(_data, slots: 0))
            rest.SetResult();
        using var answer = await upload;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(["flowers"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName));
    }

    private enum Moment
    {
        HalfTheBody, WholeBody, WholeFile, Reading, ReadingForAWhile, Kept, Answered,
    }

    private async Task ReachAsync(Moment moment, Socket socket)
    {
        switch (moment)
        {
            case Moment.HalfTheBody:
                await UntilAsync(() => Files("file").Any(f => f.Length > Table.Length / 4));
                break;
            case Moment.WholeFile:
                await UntilAsync(() => Kept() || Files("file").Any(f => f.Length == Table.Length));
                break;
            case Moment.Reading:
                await UntilAsync(() => Kept() || Directory.GetDirectories(Root, ".upload-*").Any(d => Directory.Exists(Path.Combine(d, "reading"))));
                break;
            case Moment.ReadingForAWhile:
                await ReachAsync(Moment.Reading, socket);
                await Task.Delay(150);
                break;
            case Moment.Kept:
                await UntilAsync(Kept);
                break;
            case Moment.Answered:
                Assert.True(await socket.ReceiveAsync(new byte[100]).WaitAsync(TimeSpan.FromSeconds(60)) > 0);
                break;
        }

        bool Kept() => Directory.Exists(Path.Combine(Root, "flowers"));
        IEnumerable<FileInfo> Files(string name) => !Directory.Exists(Root) ? []
            : Directory.GetDirectories(Root, ".upload-*").Select(d => new FileInfo(Path.Combine(d, name))).Where(f => f.Exists);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var started = Stopwatch.GetTimestamp(); !IsSo(); await Task.Delay(1))
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), "in time");

        bool IsSo()
        {
            try
            {
                return isSo();
            }
            catch (IOException)
            {
                return false; // gone while it was looked at
            }
        }
    }

    private static async Task EndAsync(int process)
    {
        try
        {
            using var reader = Process.GetProcessById(process);
            await reader.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    private static async Task SendAllAsync(Socket socket, byte[] content)
    {
        for (var sent = 0; sent < content.Length;)
            sent += await socket.SendAsync(content.AsMemory(sent));
    }

    /// <summary>Half of it at once, half when it may go on.</summary>
    private sealed class SlowContent(byte[] content, Task rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(content.AsMemory(0, content.Length / 2));
            await stream.FlushAsync();
            await rest;
            await stream.WriteAsync(content.AsMemory(content.Length / 2));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.Length;
            return true;
        }
    }
}
