package swarm.runtime.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import swarm.runtime.dockerfile.Dockerfile;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.Instruction;

/// Dockerfile instructions that change an image's configuration (`import --change`, `commit
/// --change`): `CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER VOLUME
/// WORKDIR`. Pure.
final class ConfigChanges {
  private static final Set<String> KNOWN =
      Set.of(
          "CMD",
          "ENTRYPOINT",
          "ENV",
          "EXPOSE",
          "HEALTHCHECK",
          "LABEL",
          "ONBUILD",
          "STOPSIGNAL",
          "USER",
          "VOLUME",
          "WORKDIR");

  private ConfigChanges() {}

  /// Applies instructions in order.
  ///
  /// @param config to be changed
  /// @throws ImageException with the first that cannot be read
  static void apply(ObjectNode config, List<String> changes) throws ImageException {
    var editor = new ConfigEditor(config, '\\');
    for (String change : changes) {
      String[] parts = change.strip().split("\\s+", 2);
      if (parts.length < 2
          || parts[1].isBlank()
          || !KNOWN.contains(parts[0].toUpperCase(Locale.ROOT))) {
        throw invalid(
            change,
            "; use CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER,"
                + " VOLUME or WORKDIR with a value");
      }
      try {
        for (Instruction one : Dockerfile.instructions(List.of(change))) {
          if (one instanceof Instruction.Setting setting) {
            var _ = editor.apply(setting, editor.environment());
          } else {
            throw new DockerfileException(one.source().keyword() + " changes more than that");
          }
        }
      } catch (DockerfileException e) {
        throw invalid(change, ": " + e.getMessage());
      }
    }
  }

  private static ImageException invalid(String change, String why) {
    return new ImageException(
        ImageException.Kind.INVALID, "'" + change + "' is not a valid change command" + why);
  }
}
