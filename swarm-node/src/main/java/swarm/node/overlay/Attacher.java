package swarm.node.overlay;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import swarm.node.networks.NetworkException;

/// Gets places on networks from the managers, for containers that are no tasks. Thread-safe.
public interface Attacher {
  /// A place.
  record Attached(String attachmentId, String networkId, Inet4Address address) {}

  /// What is asked for.
  ///
  /// @param network name or id
  /// @param name the container's
  /// @param address of the user's choice; empty for any
  record Wish(
      String network,
      String containerId,
      String name,
      List<String> aliases,
      Optional<Inet4Address> address) {}

  /// @throws NetworkException why managers refuse it
  /// @throws IOException where none can be asked
  Attached attach(Wish wish) throws NetworkException, IOException;

  /// Gives up all places but these.
  ///
  /// @throws IOException where no manager can be told
  void keep(List<String> attachmentIds) throws IOException;
}
