package swarm.runtime.exec;

import java.util.List;
import java.util.Optional;
import swarm.runtime.stdio.AttachSession;

/// A process to run in a running container.
///
/// @param args program and arguments, at least one
/// @param env `NAME=value`, added to the container's
/// @param tty whether it gets a terminal
/// @param user `user[:group]`; the container's if empty
/// @param workingDir absolute; the container's if empty
/// @param streams what a client attaches to; nothing for a detached process
/// @param privileged whether it gets all capabilities
/// @param detachKeys as the client named them; opaque here, kept for whoever joins the streams
public record ExecConfig(
    List<String> args,
    List<String> env,
    boolean tty,
    String user,
    String workingDir,
    Optional<AttachSession.Streams> streams,
    boolean privileged,
    String detachKeys) {
  public ExecConfig {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  /// A command with both outputs attached and no input.
  public static ExecConfig of(String... args) {
    return new ExecConfig(
        List.of(args),
        List.of(),
        false,
        "",
        "",
        Optional.of(AttachSession.Streams.OUTPUT),
        false,
        "");
  }

  /// This with other streams.
  public ExecConfig withStreams(AttachSession.Streams wanted) {
    return new ExecConfig(
        args, env, tty, user, workingDir, Optional.of(wanted), privileged, detachKeys);
  }

  /// This with or without a terminal.
  public ExecConfig withTty(boolean terminal) {
    return new ExecConfig(args, env, terminal, user, workingDir, streams, privileged, detachKeys);
  }

  /// This as another user.
  public ExecConfig withUser(String name) {
    return new ExecConfig(args, env, tty, name, workingDir, streams, privileged, detachKeys);
  }

  /// This with nothing attached.
  public ExecConfig detached() {
    return new ExecConfig(
        args, env, tty, user, workingDir, Optional.empty(), privileged, detachKeys);
  }
}
