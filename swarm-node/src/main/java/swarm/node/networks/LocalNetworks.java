package swarm.node.networks;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.network.HostNetwork;
import swarm.network.NetworkEndpoint;
import swarm.network.netlink.MacAddress;

/// The networks that users made on this host, and the addresses that containers have on them. Their
/// records are on disk, their bridges in the kernel; both are brought together when this opens.
/// Thread-safe.
public final class LocalNetworks {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNetworks.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final HostNetwork host;
  private final NetworkStore store;
  private final Clock clock;
  private final String bridge;
  private final ReentrantLock changing = new ReentrantLock();

  // guarded by this
  private final Map<String, NetworkRecord> byId = new LinkedHashMap<>();
  private final Map<String, Map<String, Inet4Address>> addresses = new HashMap<>();
  private final Map<String, Inet4Address> last = new HashMap<>();

  /// Takes the records up and makes their bridges again.
  ///
  /// @param bridge of containers that name no network
  public LocalNetworks(HostNetwork host, NetworkStore store, String bridge, Clock clock)
      throws IOException {
    this.host = host;
    this.store = store;
    this.bridge = bridge;
    this.clock = clock;
    for (NetworkRecord record : store.load()) {
      byId.put(record.id(), record);
    }
    Map<String, IOException> failed =
        host.networks().restore(byId.values().stream().map(NetworkRecord::toBridge).toList());
    failed.forEach(
        (id, why) ->
            LOG.error(
                "network {} has no bridge, and containers cannot join it: {}",
                id,
                why.getMessage()));
  }

  /// 64 random hexadecimal digits.
  public static String newId() {
    var bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// All of them, the oldest first.
  public synchronized List<NetworkRecord> all() {
    return List.copyOf(byId.values());
  }

  /// By id, by name, or by a beginning of the id that only one has.
  ///
  /// @throws NetworkException where there is none
  public synchronized NetworkRecord find(String reference) throws NetworkException {
    NetworkRecord exact = byId.get(reference);
    if (exact != null) {
      return exact;
    }
    for (NetworkRecord record : byId.values()) {
      if (record.name().equals(reference)) {
        return record;
      }
    }
    List<NetworkRecord> beginning =
        reference.isEmpty()
            ? List.of()
            : byId.values().stream().filter(r -> r.id().startsWith(reference)).toList();
    if (beginning.size() > 1) {
      throw NetworkException.bad(
          "network " + reference + " is ambiguous (" + beginning.size() + " matches found on id)");
    }
    if (beginning.isEmpty()) {
      throw NetworkException.missing(reference);
    }
    return beginning.getFirst();
  }

  /// Whether there is one of an id or name.
  public synchronized boolean has(String reference) {
    return byId.containsKey(reference)
        || byId.values().stream().anyMatch(record -> record.name().equals(reference));
  }

  /// Makes a network.
  public NetworkRecord create(NewNetwork asked) throws NetworkException, IOException {
    changing.lock();
    try {
      NetworkRecord record =
          NewNetworkPlan.plan(
              asked,
              newId(),
              clock.instant().toString(),
              new NewNetworkPlan.There(all(), bridge, host.bridgeSubnet(), host.routes()));
      // the record first: a bridge without one is a leftover, a record without a bridge is made up
      store.save(record);
      try {
        host.networks().add(record.toBridge());
      } catch (IOException e) {
        store.delete(record.id());
        throw new NetworkException(
            500, "cannot create network " + asked.name() + ": " + e.getMessage());
      }
      synchronized (this) {
        byId.put(record.id(), record);
      }
      return record;
    } finally {
      changing.unlock();
    }
  }

  /// Removes a network on which no container is.
  public NetworkRecord remove(String reference) throws NetworkException, IOException {
    changing.lock();
    try {
      NetworkRecord record = find(reference);
      synchronized (this) {
        if (!addresses.getOrDefault(record.id(), Map.of()).isEmpty()) {
          throw NetworkException.forbidden(
              "error while removing network: network %s id %s has active endpoints"
                  .formatted(record.name(), record.id()));
        }
        byId.remove(record.id());
        last.remove(record.id());
      }
      store.delete(record.id());
      host.networks().remove(record.id());
      return record;
    } finally {
      changing.unlock();
    }
  }

  /// Whether any container is on the network.
  public synchronized boolean isUsed(String networkId) {
    return !addresses.getOrDefault(networkId, Map.of()).isEmpty();
  }

  /// The address of the host that a network's containers publish ports at where nobody says; empty
  /// for all of them.
  public synchronized String hostBinding(String networkId) {
    return Optional.ofNullable(byId.get(networkId)).map(NetworkRecord::hostBinding).orElse("");
  }

  /// Notes an address that a running container has from an earlier daemon.
  public synchronized void recall(String containerId, Joined joined) {
    addresses
        .computeIfAbsent(joined.networkId(), _ -> new TreeMap<>())
        .put(containerId, Inet4Address.ofLiteral(joined.address()));
  }

  /// Plugs a container in.
  ///
  /// @param interfaceName inside the container
  /// @throws NetworkException where there is no such network, or the address cannot be given
  public Joined join(String containerId, Path netns, EndpointSettings asked, String interfaceName)
      throws NetworkException, IOException {
    NetworkRecord record = find(asked.network());
    Inet4Address address = reserve(record, containerId, asked.address());
    MacAddress mac =
        asked.mac().isEmpty() ? MacAddress.derivedFrom(address) : MacAddress.parse(asked.mac());
    var endpoint =
        new NetworkEndpoint(record.toBridge(), containerId, netns, address, mac, interfaceName);
    try {
      host.networks().attach(endpoint);
    } catch (IOException e) {
      leave(containerId, Set.of(record.id()));
      throw e;
    }
    return new Joined(
        record.id(),
        record.name(),
        newId(),
        address.getHostAddress(),
        record.network().prefixLength(),
        record.gateway(),
        mac.toString(),
        interfaceName,
        asked.aliases(),
        asked.gatewayPriority(),
        record.internal());
  }

  /// Plugs a container in again as it was.
  ///
  /// @throws IOException also where the network is gone
  public void again(String containerId, Path netns, Joined joined) throws IOException {
    NetworkRecord record;
    try {
      record = find(joined.networkId());
    } catch (NetworkException e) {
      throw new IOException(e.getMessage(), e);
    }
    host.networks()
        .attach(
            new NetworkEndpoint(
                record.toBridge(),
                containerId,
                netns,
                Inet4Address.ofLiteral(joined.address()),
                MacAddress.parse(joined.mac()),
                joined.interfaceName()));
  }

  private synchronized Inet4Address reserve(NetworkRecord record, String containerId, String wanted)
      throws NetworkException {
    if (!byId.containsKey(record.id())) {
      throw NetworkException.missing(record.name());
    }
    Map<String, Inet4Address> taken = addresses.computeIfAbsent(record.id(), _ -> new TreeMap<>());
    Inet4Address mine = taken.get(containerId);
    if (mine != null && (wanted.isEmpty() || mine.getHostAddress().equals(wanted))) {
      return mine;
    }
    var used = new HashSet<Inet4Address>(taken.values());
    used.add(Inet4Address.ofLiteral(record.gateway()));
    for (NetworkRecord.Pool pool : record.pools()) {
      pool.reserved().values().forEach(a -> used.add(Inet4Address.ofLiteral(a)));
    }
    Inet4Address address =
        wanted.isEmpty()
            ? AddressPools.next(
                    record.network(),
                    record.range(),
                    used,
                    Optional.ofNullable(last.get(record.id())))
                .orElseThrow(
                    () ->
                        new NetworkException(
                            500,
                            "no available IPv4 addresses on this network's address pools: %s (%s)"
                                .formatted(record.name(), record.id())))
            : chosen(record, wanted, used);
    if (wanted.isEmpty()) {
      last.put(record.id(), address);
    }
    taken.put(containerId, address);
    return address;
  }

  /// Refuses an address that a container cannot have whenever it is to join; one of another's
  /// network, or none, is passed.
  public void checkAddress(EndpointSettings asked) throws NetworkException {
    if (!asked.address().isEmpty() && has(asked.network())) {
      var _ = address(find(asked.network()), asked.address());
    }
  }

  private static Inet4Address chosen(NetworkRecord record, String wanted, Set<Inet4Address> used)
      throws NetworkException {
    Inet4Address address = address(record, wanted);
    if (used.contains(address)) {
      throw NetworkException.forbidden("Address already in use");
    }
    return address;
  }

  private static Inet4Address address(NetworkRecord record, String wanted) throws NetworkException {
    if (!record.configured()) {
      throw NetworkException.bad(
          "user specified IP address is supported only when connecting to networks with user"
              + " configured subnets");
    }
    Inet4Address address = AddressPools.address("IPv4", wanted);
    if (!AddressPools.isHost(record.network(), address)) {
      throw NetworkException.bad(
          "Invalid address " + wanted + ": It does not belong to any of this network's subnets");
    }
    return address;
  }

  /// Unplugs a container; its addresses are free then. Its namespace may be gone.
  public void leave(String containerId, Collection<String> networkIds) throws IOException {
    host.networks().detach(containerId, networkIds);
    synchronized (this) {
      for (String id : networkIds) {
        Map<String, Inet4Address> taken = addresses.get(id);
        if (taken != null) {
          taken.remove(containerId);
        }
      }
    }
  }

  /// The host's ends of the cables of containers that run.
  public synchronized Set<String> links() {
    var all = new HashSet<String>();
    addresses.forEach(
        (network, taken) ->
            taken.keySet().forEach(c -> all.add(host.networks().hostLink(c, network))));
    return all;
  }

  /// The ids of networks that a user may prune: nobody is on them.
  public List<NetworkRecord> unused() {
    var all = new ArrayList<NetworkRecord>();
    for (NetworkRecord record : all()) {
      if (!isUsed(record.id())) {
        all.add(record);
      }
    }
    return all;
  }
}
