package swarm.runtime.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// Tells a full disk by what could not be written and where. Pure.
public final class FullDisk {
  private static final String WORDS = "no space left on device";
  private static final String QUOTA = "disk quota exceeded";

  private FullDisk() {}

  /// @return `e`, or a sentence for the user where it is a full disk
  public static IOException named(IOException e, String what, Path where) {
    String reason = reason(e);
    return reason.isEmpty() || e instanceof ImageException
        ? e
        : new ImageException(
            ImageException.Kind.NO_SPACE, "write " + where + ": " + reason + " (" + what + ")");
  }

  private static String reason(IOException e) {
    String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return text.contains(WORDS) ? WORDS : text.contains(QUOTA) ? QUOTA : "";
  }
}
