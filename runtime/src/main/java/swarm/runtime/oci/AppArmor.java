package swarm.runtime.oci;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The kernel's AppArmor, where the host has it: which profile confines a container. Thread-safe.
public final class AppArmor {
  /// What containers have that name no profile: loaded by us when the first one starts.
  public static final String DEFAULT = "swarm-default";

  /// No confinement.
  public static final String UNCONFINED = "unconfined";

  private static final Path KERNEL = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path PROFILES = Path.of("/sys/kernel/security/apparmor/profiles");
  private static final String PARSER = "apparmor_parser";
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String OPTION = "apparmor";

  private final Commands commands;
  private final Path scratch;
  private final Optional<Path> parser;

  private AppArmor(Commands commands, Path scratch, Optional<Path> parser) {
    this.commands = commands;
    this.scratch = scratch;
    this.parser = parser;
  }

  /// This host's. As with Docker it takes a kernel that has it and the program that loads profiles
  /// (Debian's package `apparmor`); else nothing is confined by it.
  ///
  /// @param scratch a folder for files that are being made
  public static AppArmor ofHost(Commands commands, Path scratch) throws IOException {
    boolean enabled = Files.exists(KERNEL) && Files.readString(KERNEL).startsWith("Y");
    return new AppArmor(commands, scratch, enabled ? Programs.find(PARSER) : Optional.empty());
  }

  /// Whether containers are confined here.
  public boolean enabled() {
    return parser.isPresent();
  }

  /// The profile of a container: the last that its options name; else none for a privileged one,
  /// and the default for any other. Empty where this host has no AppArmor.
  ///
  /// @param options `apparmor=PROFILE` among others
  public String profile(boolean privileged, List<String> options) {
    return enabled() ? wanted(privileged, options) : "";
  }

  static String wanted(boolean privileged, List<String> options) {
    String wanted = privileged ? UNCONFINED : DEFAULT;
    for (String option : options) {
      if (option.startsWith(OPTION + "=") || option.startsWith(OPTION + ":")) {
        wanted = option.substring(OPTION.length() + 1);
      }
    }
    return wanted;
  }

  /// Has a profile there before a container is started with it.
  ///
  /// @throws RuntimeFailure where it is not loaded, with what to do
  public void require(String profile) throws IOException, InterruptedException, RuntimeFailure {
    if (profile.isEmpty() || profile.equals(UNCONFINED)) {
      return;
    }
    synchronized (this) {
      try (Stream<String> loaded = Files.lines(PROFILES)) {
        if (loaded.anyMatch(line -> line.startsWith(profile + " ("))) {
          return;
        }
      }
      if (!profile.equals(DEFAULT)) {
        throw new RuntimeFailure(
            "the AppArmor profile '" + profile + "' is not loaded: load it with apparmor_parser");
      }
      load();
    }
  }

  private void load() throws IOException, InterruptedException, RuntimeFailure {
    Path file = scratch.resolve(DEFAULT);
    Files.writeString(file, text());
    Commands.Result result =
        commands.run(List.of(parser.orElseThrow().toString(), "-Kr", file.toString()), LIMIT);
    if (result.exitCode() != 0) {
      throw new RuntimeFailure(
          "the AppArmor profile "
              + DEFAULT
              + " could not be loaded: "
              + result.output().strip()
              + "; --security-opt apparmor=unconfined does without");
    }
  }

  static String text() {
    try (InputStream in = AppArmor.class.getResourceAsStream("apparmor")) {
      if (in == null) {
        throw new IllegalStateException("the AppArmor profile is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the AppArmor profile cannot be read", e);
    }
  }
}
