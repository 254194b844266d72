package swarm.network.dns;

import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;

/// What one container can see by name. Thread-safe.
public interface Names {
  /// The addresses behind a name; none where nothing is called so.
  ///
  /// @param name in lower case, without a dot at its end
  List<Inet4Address> addresses(String name);

  /// What has an address; empty where the container sees nothing with it.
  Optional<String> name(Inet4Address address);

  /// Whether other questions may be asked of servers elsewhere: not from networks without a way
  /// out.
  boolean asksOthers();
}
