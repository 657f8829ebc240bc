using System.Runtime.InteropServices;

namespace HpoService.Training.DataSets.Formats;

/// <summary>JPEG, baseline and progressive, gray or colours, by libjpeg-turbo's library libturbojpeg; the orientation that a camera noted is not applied.</summary>
internal static partial class Jpeg
{
    private const string Library = "libturbojpeg.so.0";

    // Of turbojpeg.h.
    private const int Gray = 2, Cmyk = 3, Ycck = 4, AsRgb = 0, AsGray = 6;

    // A small file of thousands of progressive scans would take minutes.
    private const int LimitScans = 1 << 15;

    public static Picture Decode(byte[] bytes, string name, int mostPixels)
    {
        nint reader;
        try
        {
            reader = tjInitDecompress();
        }
        catch (DllNotFoundException)
        {
            throw new InvalidDataSetException($"JPEG images must have the library {Library} (Debian: libturbojpeg0), but got none, for {name}.");
        }

        try
        {
            Check(tjDecompressHeader3(reader, bytes, (nuint)bytes.Length, out var width, out var height, out _, out var colours));
            if (width < 1 || height < 1)
                throw Bad("no image after its tables");
            if (colours is Cmyk or Ycck)
                throw new InvalidDataSetException($"images must be gray or of red, green and blue, but got colours for print (CMYK) in {name}.");
            if ((long)width * height > mostPixels)
                throw new InvalidDataSetException($"an image must have at most {mostPixels} pixels, but got {width} x {height} in {name}.");
            var channels = colours == Gray ? 1 : 3;
            var pixels = new byte[width * height * channels];
            Check(tjDecompress2(reader, bytes, (nuint)bytes.Length, pixels, width, 0, height, channels == 1 ? AsGray : AsRgb, LimitScans));
            return Picture.Of(channels, height, width, pixels);
        }
        finally
        {
            _ = tjDestroy(reader);
        }

        // Some cameras leave bytes between its parts, which are no harm. What else it warns of, such as a missing end, would be an image of guesses.
        void Check(int result)
        {
            if (result != 0 && Marshal.PtrToStringUTF8(tjGetErrorStr2(reader)) is { } error && !error.Contains("extraneous bytes before marker", StringComparison.Ordinal))
                throw Bad(error);
        }

        InvalidDataSetException Bad(string what) => new($"{name} must be a whole JPEG image, but got: {what}.");
    }

    [LibraryImport(Library)] private static partial nint tjInitDecompress();
    [LibraryImport(Library)] private static partial int tjDecompressHeader3(nint reader, byte[] bytes, nuint size, out int width, out int height, out int subsampling, out int colours);
    [LibraryImport(Library)] private static partial int tjDecompress2(nint reader, byte[] bytes, nuint size, byte[] pixels, int width, int pitch, int height, int format, int flags);
    [LibraryImport(Library)] private static partial nint tjGetErrorStr2(nint reader);
    [LibraryImport(Library)] private static partial int tjDestroy(nint reader);
}
