package swarm.runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A change of a container's networks; `X` where it must not be.
@FunctionalInterface
public interface NetworkChange<X extends Exception> {
  /// What is to be noted.
  ///
  /// @param attributes the container's from now on
  /// @param goneHosts lines that a running container's `/etc/hosts` loses
  /// @param addedHosts lines that it gains
  /// @param resolvConf its `/etc/resolv.conf`; empty where it stays
  /// @param undo makes the networks what they were where this cannot be noted; empty where they
  ///   cannot be: what has happened then holds, and is noted as soon as it can be
  record Result(
      Map<String, String> attributes,
      List<String> goneHosts,
      List<String> addedHosts,
      String resolvConf,
      Optional<Undo> undo) {}

  /// Takes a change back.
  @FunctionalInterface
  interface Undo {
    void run() throws IOException;
  }

  /// `now` stays as it is during the call.
  Result apply(Container now) throws X, IOException, InterruptedException;
}
