package swarm.node.api.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import swarm.node.agent.TaskContainer;
import swarm.node.identity.Pem;
import swarm.raft.log.Leadership;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.ClusterDefaults;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.scheduler.state.ClusterState;

/// How the cluster's objects look in the API. Pure.
public final class SwarmViews {
  private SwarmViews() {}

  static ObjectNode head(String id, Version version) {
    ObjectNode node = Wire.JSON.createObjectNode().put("ID", id);
    node.putObject("Version").put("Index", version.index());
    node.put("CreatedAt", version.createdAt().toString());
    node.put("UpdatedAt", version.updatedAt().toString());
    return node;
  }

  /// The cluster, without the tokens to join it.
  public static ObjectNode cluster(Cluster cluster) {
    ObjectNode node = head(cluster.id(), cluster.version());
    node.set("Spec", shown(cluster.spec()));
    node.set("TLSInfo", authority(cluster));
    node.put("RootRotationInProgress", cluster.rotation() != null);
    node.put("DataPathPort", cluster.ingress().dataPathPort());
    ArrayNode pools = node.putArray("DefaultAddrPool");
    cluster.addressPools().subnets().forEach(pools::add);
    node.put("SubnetSize", cluster.addressPools().subnetSize());
    return node;
  }

  /// Docker's clients read the spec, change it and post it again: what must not be asked for twice
  /// is not in it, and a key never. What it leaves out is shown as it is done.
  private static JsonNode shown(JsonNode spec) {
    ObjectNode shown = ClusterDefaults.complete(spec.deepCopy());
    if (shown.path("CAConfig") instanceof ObjectNode authority) {
      authority.remove("SigningCAKey");
    }
    return shown;
  }

  /// The root that all trust and the authority that issues certificates now; Docker's clients
  /// compare it with each node's.
  public static JsonNode authority(@Nullable Cluster cluster) {
    if (cluster == null) {
      return Wire.JSON.createObjectNode();
    }
    X509Certificate issuer;
    try {
      issuer = Pem.certificates(cluster.issuerCertificate()).getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException("the cluster's own root certificate", e);
    }
    var base64 = Base64.getEncoder();
    return tls(
        cluster.rootCertificate(),
        base64.encodeToString(issuer.getSubjectX500Principal().getEncoded()),
        base64.encodeToString(issuer.getPublicKey().getEncoded()));
  }

  private static ObjectNode tls(String root, String issuerSubject, String issuerPublicKey) {
    return Wire.JSON
        .createObjectNode()
        .put("TrustRoot", root)
        .put("CertIssuerSubject", issuerSubject)
        .put("CertIssuerPublicKey", issuerPublicKey);
  }

  /// What a node says of its certificate, with its end, which Docker does not show.
  private static ObjectNode tls(Node.@Nullable Tls tls) {
    return tls == null
        ? Wire.JSON.createObjectNode()
        : tls(tls.trustRoot(), tls.issuerSubject(), tls.issuerPublicKey())
            .put("CertNotAfter", tls.notAfter().toString());
  }

  /// @param leadership as this node knows it
  public static ObjectNode node(Node n, Leadership leadership) {
    ObjectNode node = head(n.id(), n.version());
    ObjectNode spec = node.putObject("Spec");
    if (n.spec().name() != null) {
      spec.put("Name", n.spec().name());
    }
    spec.set("Labels", Wire.JSON.valueToTree(n.spec().labelsOrEmpty()));
    spec.put("Role", n.spec().manager() ? "manager" : "worker");
    spec.put("Availability", n.spec().availability() == null ? "active" : n.spec().availability());
    ObjectNode description = node.putObject("Description");
    Node.Description d = n.description();
    description.put("Hostname", d.hostname());
    description
        .putObject("Platform")
        .put("Architecture", d.architecture().equals("amd64") ? "x86_64" : d.architecture())
        .put("OS", d.os());
    ObjectNode resources =
        description
            .putObject("Resources")
            .put("NanoCPUs", d.nanoCpus())
            .put("MemoryBytes", d.memoryBytes());
    if (!d.genericOrNone().isEmpty()) {
      resources.set("GenericResources", Wire.JSON.valueToTree(d.genericOrNone()));
    }
    ObjectNode engine = description.putObject("Engine").put("EngineVersion", d.engineVersion());
    engine.set("Labels", Wire.JSON.valueToTree(d.engineLabels()));
    engine.set("Plugins", Drivers.list());
    description.set("TLSInfo", tls(d.tls()));
    ObjectNode status = node.putObject("Status");
    status.put("State", n.status().state().name().toLowerCase(Locale.ROOT));
    if (!n.status().message().isEmpty()) {
      status.put("Message", n.status().message());
    }
    status.put("Addr", n.status().address());
    Node.Manager manager = n.manager();
    if (manager != null) {
      ObjectNode m = node.putObject("ManagerStatus");
      boolean leads = leadership.leader().map(l -> l.id().equals(manager.raftId())).orElse(false);
      if (leads) {
        m.put("Leader", true);
      }
      m.put("Reachability", reachability(n));
      m.put("Addr", manager.address());
    }
    return node;
  }

  static String reachability(Node manager) {
    return manager.managerReachable() ? "reachable" : "unreachable";
  }

  static ObjectNode port(PortConfig p) {
    ObjectNode node = Wire.JSON.createObjectNode();
    if (p.name() != null) {
      node.put("Name", p.name());
    }
    return node.put("Protocol", p.protocolOrTcp())
        .put("TargetPort", p.target())
        .put("PublishedPort", p.publishedOrZero())
        .put("PublishMode", p.ingress() ? "ingress" : "host");
  }

  /// @param state whose cluster has the network that the task is attached to
  public static ObjectNode task(ClusterState state, Task t) {
    ObjectNode node = head(t.id(), t.version());
    node.putObject("Labels");
    node.set("Spec", Wire.JSON.valueToTree(t.spec()));
    node.put("ServiceID", t.serviceId());
    if (t.slot() != 0) {
      node.put("Slot", t.slot());
    }
    if (!t.nodeId().isEmpty()) {
      node.put("NodeID", t.nodeId());
    }
    if (t.jobIteration() != null) {
      node.putObject("JobIteration").put("Index", t.jobIteration());
    }
    if (!t.genericOrNone().isEmpty()) {
      // the first is the reference's name, the second is what Docker sends and its clients read
      node.set("AssignedGenericResources", Wire.JSON.valueToTree(t.genericOrNone()));
      node.set("GenericResources", Wire.JSON.valueToTree(t.genericOrNone()));
    }
    ObjectNode status = node.putObject("Status");
    status.put("Timestamp", t.status().at().toString());
    status.put("State", t.status().state().apiName());
    status.put("Message", t.status().message());
    if (!t.status().error().isEmpty()) {
      status.put("Err", t.status().error());
    } else if (t.preempted() != null) {
      status.put("Err", "preempted by " + t.preempted());
    }
    Task.Container container = t.status().container();
    if (container != null) {
      status
          .putObject("ContainerStatus")
          .put("ContainerID", container.id())
          .put("PID", container.pid())
          .put("ExitCode", container.exitCode());
    }
    ObjectNode portStatus = status.putObject("PortStatus");
    if (!t.hostPorts().isEmpty() && t.status().state() == TaskState.RUNNING) {
      ArrayNode ports = portStatus.putArray("Ports");
      List<Integer> chosen = Objects.requireNonNullElse(t.status().published(), List.of());
      for (int i = 0; i < t.hostPorts().size(); i++) {
        PortConfig asked = t.hostPorts().get(i);
        boolean open = asked.publishedOrZero() == 0 && i < chosen.size();
        ports.add(port(open ? asked.resolved(chosen.get(i)) : asked));
      }
    }
    node.put("DesiredState", t.desired().apiName());
    Cluster cluster = state.cluster();
    boolean ingress =
        cluster != null
            && cluster.ingress().taken().filter(it -> it.contains(t.ingressAddress())).isPresent();
    if (ingress || !t.networksOrNone().isEmpty()) {
      node.putArray("NetworksAttachments");
    }
    if (ingress && cluster != null) {
      ObjectNode attachment = node.withArray("NetworksAttachments").addObject();
      ObjectNode network = attachment.putObject("Network").put("ID", cluster.ingress().networkId());
      network.putObject("Spec").put("Name", cluster.ingress().name()).put("Ingress", true);
      attachment
          .putArray("Addresses")
          .add(TaskContainer.dotted(t.ingressAddress()) + "/" + cluster.ingress().prefix());
    }
    ClusterNetworkViews.attachments(state, t)
        .forEach(each -> node.withArray("NetworksAttachments").add(each));
    return node;
  }
}
