package swarm.runtime.container;

import java.time.Instant;
import java.util.Map;

/// Something that happened to a container.
///
/// @param action what
/// @param container the container right after it (right before it, for DESTROY)
/// @param at when
/// @param details by action: `exitCode` (DIE, EXEC_DIE), `signal` (KILL), `oldName` (RENAME),
///   `execID` (EXEC_*), `execCommand` (EXEC_CREATE, EXEC_START), `height` and `width` (RESIZE),
///   `healthStatus` (HEALTH_STATUS), `removeVolumes` (DESTROY: `true` where anonymous volumes are
///   to go too), `comment`, `imageID` and `imageRef` (COMMIT)
public record ContainerEvent(
    Action action, Container container, Instant at, Map<String, String> details)
    implements EngineEvent {

  /// The kinds, with Docker's names.
  public enum Action {
    CREATE("create"),
    START("start"),
    DIE("die"),
    STOP("stop"),
    KILL("kill"),
    RESTART("restart"),
    PAUSE("pause"),
    UNPAUSE("unpause"),
    DESTROY("destroy"),
    OOM("oom"),
    RENAME("rename"),
    UPDATE("update"),
    EXEC_CREATE("exec_create"),
    EXEC_START("exec_start"),
    EXEC_DIE("exec_die"),
    EXEC_DETACH("exec_detach"),
    ATTACH("attach"),
    DETACH("detach"),
    RESIZE("resize"),
    TOP("top"),
    HEALTH_STATUS("health_status"),
    ARCHIVE_PATH("archive-path"),
    EXTRACT_TO_DIR("extract-to-dir"),
    EXPORT("export"),
    COMMIT("commit");

    private final String dockerName;

    Action(String dockerName) {
      this.dockerName = dockerName;
    }

    /// As in Docker's event stream.
    public String dockerName() {
      return dockerName;
    }
  }
}
