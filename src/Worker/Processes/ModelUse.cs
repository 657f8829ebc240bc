using HpoService.Search;
using HpoService.Training;
using HpoService.Training.Predicting;

namespace HpoService.Worker.Processes;

/// <summary>The use of a model, inside a process of its own.</summary>
internal static class ModelUse
{
    public static Message Predict(PredictionRequest request)
    {
        try
        {
            Threads.One();
            return new Message(Predicted: Predictor.Predict(request.Folder, request.Rows));
        }
        catch (InvalidRowsException e)
        {
            return new Message(Refused: new Refusal(Refusal.Rows, e.Violations[0].Pointer, e.Message));
        }
        catch (HpoException e)
        {
            return new Message(Refused: new Refusal(Refusal.Model, "", e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return new Message(Refused: new Refusal(Refusal.Model, "", "a model's files must be there and whole, but got none, or others.")); // such as of a study that is just being deleted
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException { InnerException: DllNotFoundException })
        {
            return new Message(Refused: new Refusal(Refusal.NoTorch, "", "libtorch must be on the service's machine, but got none."));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new Message(Failed: $"{e.GetType().Name}: {e.Message}");
        }
    }
}
