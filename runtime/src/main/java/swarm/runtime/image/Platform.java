package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What an image runs on, as in `linux/arm64/v8` (OCI image-spec, "Image Index"). Immutable.
///
/// @param os such as `linux`
/// @param architecture in Go's names, such as `amd64`
/// @param variant such as `v8`; empty where any will do
public record Platform(String os, String architecture, String variant) {
  private static final Pattern PART = Pattern.compile("[a-z0-9_.-]+");
  private static final Set<String> SYSTEMS = Set.of("darwin", "freebsd", "linux", "windows");
  private static final Set<String> ARCHITECTURES =
      Set.of("386", "amd64", "arm", "arm64", "loong64", "mips64le", "ppc64le", "riscv64", "s390x");

  /// Linux on an architecture.
  public static Platform linux(String architecture) {
    return new Platform("linux", architecture, "");
  }

  /// What an image is for, by its configuration.
  public static Platform of(Image image) {
    return normal(
        image.os(), image.architecture(), image.configuration().path("variant").asText(""));
  }

  /// Reads OCI's form of one: an object with `os`, `architecture` and `variant`.
  public static Platform of(JsonNode node) {
    return normal(
        node.path("os").asText("linux"),
        node.path("architecture").asText(""),
        node.path("variant").asText(""));
  }

  /// Reads `OS[/ARCHITECTURE[/VARIANT]]` or a bare architecture, as Docker's `--platform` has it.
  ///
  /// @param own the architecture that is meant where none is given
  /// @throws ImageException where it is none of that
  public static Platform parse(String text, String own) throws ImageException {
    String[] parts = text.toLowerCase(Locale.ROOT).split("/", -1);
    for (String part : parts) {
      if (parts.length > 3 || !PART.matcher(part).matches()) {
        throw invalid(text, "invalid platform, use OS[/ARCHITECTURE[/VARIANT]]");
      }
    }
    if (parts.length > 1) {
      return normal(parts[0], parts[1], parts.length == 3 ? parts[2] : "");
    }
    if (SYSTEMS.contains(parts[0])) {
      return normal(parts[0], own, "");
    }
    Platform bare = normal("linux", parts[0], "");
    if (ARCHITECTURES.contains(bare.architecture())) {
      return bare;
    }
    throw invalid(text, "unknown operating system or architecture");
  }

  private static ImageException invalid(String text, String why) {
    return new ImageException(
        ImageException.Kind.INVALID, "\"" + text + "\": " + why + ": invalid argument");
  }

  /// One name for each: the kernel and Go differ.
  private static Platform normal(String os, String architecture, String variant) {
    return switch (architecture) {
      case "x86_64", "x86-64" -> new Platform(os, "amd64", variant);
      case "i386", "i686" -> new Platform(os, "386", "");
      case "arm64", "aarch64" -> new Platform(os, "arm64", variant.equals("v8") ? "" : variant);
      case "armhf" -> new Platform(os, "arm", "v7");
      case "armel" -> new Platform(os, "arm", "v6");
      default -> new Platform(os, architecture, variant);
    };
  }

  /// Whether an image for `other` will do where this is wanted.
  public boolean accepts(Platform other) {
    Platform offered = normal(other.os, other.architecture, other.variant);
    return os.equals(offered.os)
        && architecture.equals(offered.architecture)
        && (variant.isEmpty() || variant.equals(offered.variant));
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
  }
}
