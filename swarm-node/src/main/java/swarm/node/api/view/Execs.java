package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecInfo;
import swarm.runtime.stdio.AttachSession;
import swarm.scheduler.model.Wire;

/// How execs look in the API. Pure.
public final class Execs {
  private static final AttachSession.Streams NONE = new AttachSession.Streams(false, false, false);

  private Execs() {}

  /// Everything about one exec.
  ///
  /// @param detachKeys as bytes; none for the usual ones
  public static ObjectNode inspect(ExecInfo exec, byte[] detachKeys) {
    ExecConfig config = exec.config();
    AttachSession.Streams streams = config.streams().orElse(NONE);
    boolean ended = exec.state() == ExecInfo.State.ENDED;
    ObjectNode all = Wire.JSON.createObjectNode();
    all.put("ID", exec.id());
    all.put("Running", exec.state() == ExecInfo.State.RUNNING);
    all.put("ExitCode", ended ? Integer.valueOf(exec.exitCode()) : null);
    ObjectNode process = all.putObject("ProcessConfig");
    process.put("tty", config.tty());
    process.put("entrypoint", config.args().getFirst());
    config.args().stream().skip(1).forEach(process.putArray("arguments")::add);
    process.put("privileged", config.privileged());
    if (!config.user().isEmpty()) {
      process.put("user", config.user());
    }
    all.put("OpenStdin", streams.stdin());
    all.put("OpenStderr", streams.stderr());
    all.put("OpenStdout", streams.stdout());
    all.put("CanRemove", false);
    all.put("ContainerID", exec.containerId());
    all.put("DetachKeys", detachKeys); // base64, as Go writes bytes
    all.put("Pid", exec.pid());
    return all;
  }
}
