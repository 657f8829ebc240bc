using HpoService.Search;
using HpoService.Search.Models;
using HpoService.Training.DataSets;
using HpoService.Training.DataSets.Formats;

namespace HpoService.Worker.Processes;

/// <summary>The reading of a new data set, inside a process that it may bring down.</summary>
internal static class DataSetReading
{
    // A header or a list of columns in a message may be as long as the file.
    private const int MostText = 1000;

    public static Message Add(DataSetAddition addition)
    {
        var upload = addition.Upload;
        try
        {
            var limits = new DataSetLimits { Bytes = upload.MostBytes };
            var source = new DataSetSource(upload.Path, upload.Target, upload.Labels, upload.Goal, limits, upload.FileName, ImageSize: upload.ImageSize, ImageChannels: upload.ImageChannels);
            return new Message(Added: new DataSetFolder(addition.DataFolder).Add(upload.Name, upload.Format, source, move: true, upload.Request));
        }
        catch (NameTakenException e)
        {
            return new Message(Refused: new Refusal(Refusal.Taken, "/name", e.Message));
        }
        catch (HpoException e)
        {
            return new Message(Refused: new Refusal(Refusal.DataSet, e is InvalidDataSetException ? e.Violations[0].Pointer : "/file", e.Message.Length <= MostText ? e.Message : e.Message[..MostText] + "…"));
        }
        catch (OutOfMemoryException)
        {
            return new Message(Refused: new Refusal(Refusal.DataSet, "/file", "a data set must be read within the memory that there is for it, but got more."));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" })
        {
            return new Message(Refused: new Refusal(Refusal.Unwritable, "", "a full disk or one that takes no writes"));
        }
        catch (Exception e)
        {
            return new Message(Failed: $"{e.GetType().Name}: {e.Message}");
        }
    }
}
