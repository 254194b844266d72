package swarm.node.agent;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.PrivateFolders;
import swarm.network.BridgeEndpoint;
import swarm.network.HostNetwork;
import swarm.network.PortBinding;
import swarm.network.TransportProtocol;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.NetworkAttachment;
import swarm.runtime.container.NetworkPort;

/// Joins the engine's containers to the node's networks. What a container got is kept in one small
/// file each, so that a new daemon knows it. Thread-safe.
public final class NodeNetwork implements NetworkPort {
  private static final Logger LOG = LoggerFactory.getLogger(NodeNetwork.class);
  private static final String UNFINISHED = ".new";
  private static final int FIRST_EPHEMERAL = 49_153;
  private static final int LAST_EPHEMERAL = 65_535;
  private static final int REMEMBERED = 10_000;

  private final HostNetwork host;
  private final HostPorts hostPorts;
  private final Path folder;
  private final Cache<String, Endpoint> endpoints =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  // guarded by this
  private final Map<String, Inet4Address> addresses = new TreeMap<>();
  private final Map<String, List<PortBinding>> published = new TreeMap<>();
  private Optional<Inet4Address> lastAddress = Optional.empty();

  /// What a container has of the networks.
  ///
  /// @param ports `hostPort/protocol/hostAddress/containerPort` as published
  public record Endpoint(
      String address, int prefix, String gateway, String mac, List<Binding> ports) {
    /// A file may lack what its writer never left out.
    public Endpoint {
      requireNonNull(address, "address is missing");
      requireNonNull(gateway, "gateway is missing");
      requireNonNull(mac, "mac is missing");
      requireNonNull(ports, "ports is missing");
    }
  }

  /// One published port.
  public record Binding(String protocol, String hostAddress, int hostPort, int containerPort) {}

  /// @param folder where endpoints are remembered
  /// @param hostPorts whether a program of the host has a port
  public NodeNetwork(HostNetwork host, Path folder, HostPorts hostPorts) throws IOException {
    this.host = host;
    this.hostPorts = hostPorts;
    this.folder = PrivateFolders.make(folder, PrivateFolders.OWNER_ONLY);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        recall(file);
      }
    }
  }

  /// One container's file must not keep the daemon from starting: without it, the container's
  /// address and ports are not known, but its links are still in the kernel.
  private void recall(Path file) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(UNFINISHED)) {
      Files.delete(file);
      return;
    }
    try {
      remember(name, read(file));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      LOG.warn("what container {} has of the networks is forgotten: {} is damaged", name, file, e);
      Files.delete(file);
    }
  }

  private synchronized void remember(String containerId, Endpoint endpoint) {
    if (!endpoint.address().isEmpty()) {
      addresses.put(containerId, Inet4Address.ofLiteral(endpoint.address()));
    }
    published.put(containerId, endpoint.ports().stream().map(NodeNetwork::binding).toList());
    endpoints.put(containerId, endpoint);
  }

  /// What a running container has; empty where it is on none of our networks.
  public Optional<Endpoint> endpoint(String containerId) {
    return Optional.ofNullable(endpoints.getIfPresent(containerId));
  }

  @Override
  public NetworkAttachment attach(
      String containerId, Path netns, String hostname, ContainerConfig config) throws IOException {
    Inet4Address address = reserve(containerId);
    BridgeEndpoint endpoint = host.attachBridge(containerId, netns, address);
    String ingress = config.attributes().getOrDefault(Attributes.INGRESS, "");
    if (!ingress.isEmpty()) {
      host.attachIngress(containerId, netns, Inet4Address.ofLiteral(ingress));
    }
    List<PortBinding> bindings =
        publish(containerId, config.attributes().getOrDefault(Attributes.PORTS, ""));
    var known =
        new Endpoint(
            address.getHostAddress(),
            endpoint.prefixLength(),
            endpoint.gateway().getHostAddress(),
            endpoint.mac().toString(),
            bindings.stream().map(NodeNetwork::binding).toList());
    endpoints.put(containerId, known);
    save(containerId, known);
    return new NetworkAttachment(List.of(address.getHostAddress() + "\t" + hostname), "");
  }

  private void save(String containerId, Endpoint endpoint) throws IOException {
    Path fresh = folder.resolve(containerId + UNFINISHED);
    Files.write(fresh, AgentJson.write(endpoint));
    Files.move(
        fresh,
        folder.resolve(containerId),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private synchronized Inet4Address reserve(String containerId) throws IOException {
    Inet4Address mine = addresses.get(containerId);
    if (mine != null) {
      return mine;
    }
    Set<Inet4Address> used = new HashSet<>(addresses.values());
    used.addAll(host.bridgeAddresses()); // of containers whose files were lost, too
    Inet4Address free =
        HostNetwork.allocate(host.bridgeSubnet(), used, lastAddress)
            .orElseThrow(
                () ->
                    new IOException(
                        "no free address in "
                            + host.bridgeSubnet()
                            + ": "
                            + used.size()
                            + " are taken; remove containers or give the daemon a larger bridge"));
    addresses.put(containerId, free);
    lastAddress = Optional.of(free);
    return free;
  }

  private List<PortBinding> publish(String containerId, String text) throws IOException {
    if (text.isEmpty()) {
      return List.of();
    }
    List<PortBinding> bindings;
    synchronized (this) {
      bindings = parse(text);
      published.put(containerId, bindings);
    }
    host.publish(containerId, bindings);
    return bindings;
  }

  private List<PortBinding> parse(String text) throws IOException {
    var taken = new HashSet<Integer>();
    published.values().forEach(all -> all.forEach(b -> taken.add(b.hostPort())));
    var bindings = new ArrayList<PortBinding>();
    for (String one : text.split(",")) {
      String[] parts = one.split(":");
      int hostPort = Integer.parseInt(parts[2]);
      boolean any = hostPort == 0;
      if (any) {
        hostPort = FIRST_EPHEMERAL;
      }
      PortBinding binding = binding(parts, hostPort);
      while (any && (taken.contains(hostPort) || hostPorts.refusal(binding).isPresent())) {
        hostPort++;
        if (hostPort > LAST_EPHEMERAL) {
          throw new IOException("every port from " + FIRST_EPHEMERAL + " on is in use already");
        }
        binding = binding(parts, hostPort);
      }
      Optional<String> refusal = any ? Optional.empty() : hostPorts.refusal(binding);
      if (refusal.isPresent()) {
        throw new IOException(refusal.get());
      }
      taken.add(hostPort);
      bindings.add(binding);
    }
    return bindings;
  }

  private static PortBinding binding(String[] parts, int hostPort) {
    return binding(new Binding(parts[0], parts[1], hostPort, Integer.parseInt(parts[3])));
  }

  private static PortBinding binding(Binding b) {
    return new PortBinding(
        b.protocol().equals("udp") ? TransportProtocol.UDP : TransportProtocol.TCP,
        b.hostAddress().isEmpty() || b.hostAddress().equals("0.0.0.0")
            ? Optional.empty()
            : Optional.of(Inet4Address.ofLiteral(b.hostAddress())),
        b.hostPort(),
        b.containerPort());
  }

  private static Binding binding(PortBinding b) {
    return new Binding(
        b.protocol().text(),
        b.hostAddress().map(Inet4Address::getHostAddress).orElse("0.0.0.0"),
        b.hostPort(),
        b.containerPort());
  }

  private static Endpoint read(Path file) throws IOException {
    @Nullable Endpoint endpoint = AgentJson.read(Files.readAllBytes(file), Endpoint.class);
    if (endpoint == null) {
      throw new IllegalArgumentException("it holds null");
    }
    return endpoint;
  }

  @Override
  public void detach(String containerId, Path netns) throws IOException {
    host.unpublish(containerId);
    host.detachIngress(containerId);
    host.detachBridge(containerId);
    synchronized (this) {
      addresses.remove(containerId);
      published.remove(containerId);
    }
    endpoints.invalidate(containerId);
    Files.deleteIfExists(folder.resolve(containerId));
  }
}
