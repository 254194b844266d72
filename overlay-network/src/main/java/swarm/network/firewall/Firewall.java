package swarm.network.firewall;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.NetworkNamespaces;
import swarm.network.TransportProtocol;
import swarm.network.bridge.HostKernel;
import swarm.network.bridge.LinkNames;
import swarm.network.bridge.NetworkBridges;
import swarm.network.firewall.Packet.Link;
import swarm.network.netlink.LinkInfo;
import swarm.network.nft.Change;

/// Watches what the host's own firewall does with packets that we accept: at the start, and
/// whenever somebody changes rules. What it drops is told once, and once when that has ended. Where
/// it is asked to, it puts rules of ours there that let them pass, and keeps them there; where it
/// is not, it takes away those that an earlier daemon put there. They stay when this is closed, as
/// containers run on without a daemon.
public final class Firewall implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Firewall.class);

  /// From a change to the look at it: firewalls change many rules at once.
  private static final Duration SETTLING = Duration.ofMillis(300);

  /// The shortest time between two looks, however much somebody changes.
  private static final Duration BETWEEN = Duration.ofSeconds(1);

  /// Interfaces come and go without a word to us.
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final HostKernel kernel;

  private final LinkNames names;
  private final Options options;
  private final RuleEvents events;
  private final Thread thread;
  private volatile boolean closed;
  private volatile Status status = Status.UNKNOWN;
  private final Map<String, Finding> told = new HashMap<>();
  private String trouble = "";
  private boolean legacyTold;

  /// @param manage whether to put rules of ours among those of others
  /// @param ports where this host itself is spoken to; asked for at each look
  public record Options(boolean manage, Supplier<Ports> ports) {}

  /// Where this host itself is spoken to.
  ///
  /// @param own its address there, where it is known
  /// @param tcp ports of TCP
  /// @param udp ports of UDP
  /// @param tunnel the UDP port for VXLAN packets, which are not tracked
  public record Ports(
      Optional<Inet4Address> own, Set<Integer> tcp, Set<Integer> udp, OptionalInt tunnel) {
    /// A host that is in no cluster.
    public static final Ports NONE =
        new Ports(Optional.empty(), Set.of(), Set.of(), OptionalInt.empty());
  }

  /// What was found last.
  ///
  /// @param findings rules of others where packets end that we accept
  /// @param legacy whether there are rules of `iptables-legacy`, which cannot be seen from here
  public record Status(List<Finding> findings, boolean legacy) {
    /// Before the first look.
    public static final Status UNKNOWN = new Status(List.of(), false);

    /// What is dropped for certain, each in plain words with what to do.
    public List<String> drops() {
      return findings.stream().filter(Finding::certain).map(Finding::text).toList();
    }

    /// What may be dropped.
    public List<String> doubts() {
      var doubts = new ArrayList<String>();
      findings.stream().filter(one -> !one.certain()).map(Finding::text).forEach(doubts::add);
      if (legacy) {
        doubts.add(LEGACY);
      }
      return List.copyOf(doubts);
    }
  }

  private static final String LEGACY =
      "this host has filter rules of iptables-legacy, which swarm cannot read: they may drop what"
          + " swarm accepts. Look at them with: iptables-legacy -S";

  private Firewall(HostKernel kernel, LinkNames names, Options options, RuleEvents events) {
    this.kernel = kernel;
    this.names = names;
    this.options = options;
    this.events = events;
    thread = Thread.ofPlatform().name("firewall").daemon().unstarted(this::run);
  }

  /// Looks once, then watches.
  public static Firewall open(HostKernel kernel, LinkNames names, Options options)
      throws IOException {
    var firewall = new Firewall(kernel, names, options, RuleEvents.open(kernel.netns()));
    firewall.look();
    firewall.thread.start();
    return firewall;
  }

  /// Takes every rule of ours from among those of others.
  public static void withdraw(HostKernel kernel) throws IOException {
    kernel.nft().apply(FirewallRules.close(RulesetReader.read(kernel.nft())));
  }

  /// What was found last.
  public Status status() {
    return status;
  }

  private void run() {
    try {
      while (!closed) {
        boolean changed = events.await(LONGEST);
        if (closed) {
          return;
        }
        if (changed) {
          Thread.sleep(SETTLING);
          events.drain();
        }
        look();
        Thread.sleep(BETWEEN);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    } catch (IOException e) {
      LOG.warn("changes of this host's firewall are not noticed any more: {}", e.getMessage());
    }
  }

  /// A look that fails leaves everything as it is; the next change brings another. Others' rules
  /// are input: whatever is in them, containers run on.
  private void look() {
    try {
      Surroundings host = surroundings();
      Ruleset ruleset = RulesetReader.read(kernel.nft());
      List<Change> changes =
          options.manage() ? FirewallRules.open(ruleset, host) : FirewallRules.close(ruleset);
      if (!changes.isEmpty()) {
        kernel.nft().apply(changes);
        ruleset = RulesetReader.read(kernel.nft());
      }
      tell(new Status(FirewallRules.findings(ruleset, host, _ -> true), legacy()));
      trouble = "";
    } catch (IOException e) {
      trouble(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      trouble(e + "; this is a bug of swarm: please report it with 'nft list ruleset'", e);
    }
  }

  private void trouble(String why, Exception cause) {
    if (!why.equals(trouble)) {
      LOG.warn("this host's firewall cannot be looked at: {}", why);
      LOG.debug("looking at this host's firewall", cause);
      trouble = why;
    }
  }

  private void tell(Status now) {
    status = now;
    var there = new HashSet<String>();
    for (Finding finding : now.findings()) {
      String key = finding.rule() + finding.certain();
      there.add(key);
      if (told.put(key, finding) == null) {
        if (finding.certain()) {
          LOG.warn("{}", finding.text());
        } else {
          LOG.info("{}", finding.text());
        }
      }
    }
    told.entrySet()
        .removeIf(
            entry -> {
              boolean ended = !there.contains(entry.getKey());
              if (ended) {
                LOG.info(
                    "this host's firewall no longer stops what swarm accepts at {}",
                    entry.getValue().rule());
              }
              return ended;
            });
    if (now.legacy() && !legacyTold) {
      LOG.info("{}", LEGACY);
    }
    legacyTold = now.legacy();
  }

  private Surroundings surroundings() throws IOException {
    Ports ports = options.ports().get();
    var own = new HashSet<Integer>();
    var containers = new ArrayList<Link>();
    var overlays = new ArrayList<Link>();
    Optional<Link> mesh = Optional.empty();
    List<LinkInfo> links = kernel.routes().links();
    for (LinkInfo link : links) {
      var here = new Link(link.name(), link.index());
      boolean network = NetworkBridges.isNetwork(link);
      if (network || link.name().equals(names.bridge())) {
        containers.add(here);
      } else if (link.name().equals(names.ingressBridge())) {
        mesh = Optional.of(here);
      } else if (link.name().startsWith(names.overlayBridges()) && names.isOverlay(link.name())) {
        overlays.add(here);
      } else if (!isCable(link)) {
        continue;
      }
      own.add(link.index());
    }
    return new Surroundings(
        uplinks(links, own, ports),
        List.copyOf(containers),
        mesh,
        List.copyOf(overlays),
        names.overlayBridges(),
        reads("/proc/sys/net/bridge/bridge-nf-call-iptables", "1"),
        ports(ports),
        ports.own());
  }

  private boolean isCable(LinkInfo link) {
    return names.isContainerLink(link.name())
        || names.isOverlay(link.name())
        || link.name().equals(names.ingressVxlan())
        || link.name().equals("lo");
  }

  /// The default route's and the one with the address that the cluster knows; without these, all
  /// that have an address and are not ours.
  private List<Link> uplinks(List<LinkInfo> links, Set<Integer> own, Ports ports)
      throws IOException {
    var indices = new HashSet<Integer>();
    kernel.routes().defaultLink().ifPresent(indices::add);
    var addressed = new HashSet<Integer>();
    for (var address : kernel.routes().addresses()) {
      addressed.add(address.link());
      if (ports.own().filter(address.address()::equals).isPresent()) {
        indices.add(address.link());
      }
    }
    if (indices.isEmpty()) {
      indices.addAll(addressed);
    }
    return links.stream()
        .filter(link -> indices.contains(link.index()) && !own.contains(link.index()))
        .map(link -> new Link(link.name(), link.index()))
        .toList();
  }

  private static List<Surroundings.Port> ports(Ports ports) {
    var all = new ArrayList<Surroundings.Port>();
    ports.tcp().stream()
        .sorted()
        .forEach(n -> all.add(new Surroundings.Port(TransportProtocol.TCP, n, true)));
    ports.udp().stream()
        .sorted()
        .forEach(n -> all.add(new Surroundings.Port(TransportProtocol.UDP, n, true)));
    ports.tunnel().ifPresent(n -> all.add(new Surroundings.Port(TransportProtocol.UDP, n, false)));
    return List.copyOf(all);
  }

  private boolean legacy() throws IOException {
    return reads("/proc/thread-self/net/ip_tables_names", "filter");
  }

  /// Whether a file of the host's namespace has such a line; no where there is no such file.
  private boolean reads(String file, String line) throws IOException {
    return NetworkNamespaces.<Boolean>call(
        kernel.netns(),
        () ->
            Files.exists(Path.of(file))
                && Files.readAllLines(Path.of(file)).stream().anyMatch(line::equals));
  }

  /// Stops watching; the rules stay.
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      events.wake();
      thread.join();
    } catch (IOException e) {
      LOG.debug("the firewall's watch ends with its next look", e);
      return;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return;
    }
    events.close();
  }
}
