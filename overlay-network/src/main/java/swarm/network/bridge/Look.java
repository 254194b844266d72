package swarm.network.bridge;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import swarm.network.Mended;
import swarm.network.netlink.Addresses;
import swarm.network.netlink.LinkInfo;
import swarm.network.nft.Table;

/// What one look at the host found, to be compared with what it should have.
///
/// @param links by name
/// @param tables all that there are
/// @param touched those that somebody else has changed since the last look
public record Look(
    Map<String, LinkInfo> links,
    List<Addresses.AddressInfo> addresses,
    Set<Table> tables,
    Set<Table> touched) {

  /// An interface as it should be.
  ///
  /// @param bridge the one that it must be a port of
  /// @param address the one that it must have
  public record Wanted(String name, Optional<String> bridge, Optional<Inet4Address> address) {
    /// A bridge with an address of the host's.
    public static Wanted bridge(String name, Inet4Address address) {
      return new Wanted(name, Optional.empty(), Optional.of(address));
    }

    /// A bridge without one.
    public static Wanted bridge(String name) {
      return new Wanted(name, Optional.empty(), Optional.empty());
    }

    /// A port of a bridge.
    public static Wanted port(String name, String bridge) {
      return new Wanted(name, Optional.of(bridge), Optional.empty());
    }
  }

  /// Looks at the kernel.
  public static Look at(HostKernel kernel, Set<Table> touched) throws IOException {
    var links = new HashMap<String, LinkInfo>();
    kernel.routes().links().forEach(link -> links.put(link.name(), link));
    var tables = new HashSet<Table>();
    for (Table.Family family : Table.Family.values()) {
      tables.addAll(kernel.nft().tables(family));
    }
    return new Look(links, kernel.routes().addresses(), tables, touched);
  }

  /// Another look: what was being made or removed while this one was taken may be done by now.
  public Look again(HostKernel kernel) throws IOException {
    return at(kernel, touched);
  }

  /// What is wrong with an interface; empty where nothing is.
  public Optional<Mended> flaw(Wanted wanted) {
    return words(wanted).map(words -> new Mended("interface " + wanted.name(), words));
  }

  private Optional<String> words(Wanted wanted) {
    LinkInfo there = links.get(wanted.name());
    if (there == null) {
      return Optional.of("was gone");
    }
    if (!there.up()) {
      return Optional.of("was down");
    }
    if (wanted.bridge().isPresent()) {
      LinkInfo bridge = links.get(wanted.bridge().get());
      if (bridge == null || there.master().orElse(0) != bridge.index()) {
        return Optional.of("was no port of " + wanted.bridge().get());
      }
    }
    return wanted
        .address()
        .filter(
            address ->
                addresses.stream()
                    .noneMatch(has -> has.link() == there.index() && has.address().equals(address)))
        .map(address -> "had lost its address " + address.getHostAddress());
  }

  /// What is wrong with a table that should be there; empty where nothing is.
  public Optional<Mended> flaw(Table table) {
    String what = "table " + table;
    if (!tables.contains(table)) {
      return Optional.of(new Mended(what, "was gone"));
    }
    return touched.contains(table)
        ? Optional.of(new Mended(what, "was changed by somebody else"))
        : Optional.empty();
  }
}
