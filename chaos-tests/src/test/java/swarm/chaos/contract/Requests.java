package swarm.chaos.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.util.List;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.multihost.ClusterExtension;

/// What the contract's tests send: with as many fields as there are.
final class Requests {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String IMAGE = ClusterExtension.IMAGE;

  private Requests() {}

  static ObjectNode address(int host) {
    return JSON.createObjectNode()
        .put("ListenAddr", "0.0.0.0:2377")
        .put("AdvertiseAddr", TestCluster.address(host));
  }

  static ObjectNode container() {
    ObjectNode body = said("sleep 1000").put("Hostname", "box").put("Tty", true);
    body.putArray("Env").add("A=1");
    body.putObject("Labels").put("colour", "red");
    body.putObject("ExposedPorts").putObject("80/tcp");
    ObjectNode host = body.putObject("HostConfig").put("Memory", 64 << 20);
    host.putObject("PortBindings")
        .putArray("80/tcp")
        .addObject()
        .put("HostIp", "")
        .put("HostPort", "8088");
    host.putArray("Binds").add("/tmp:/mnt:ro");
    host.putArray("Mounts").addObject().put("Type", "tmpfs").put("Target", "/scratch");
    host.putObject("RestartPolicy").put("Name", "no");
    host.putObject("LogConfig")
        .put("Type", "json-file")
        .putObject("Config")
        .put("max-size", "1m")
        .put("labels", "colour");
    ObjectNode health = body.putObject("Healthcheck").put("Interval", 50_000_000).put("Retries", 2);
    health.putArray("Test").add("CMD-SHELL").add("echo looked; exit 1");
    return body;
  }

  static ObjectNode said(String script) {
    ObjectNode body = JSON.createObjectNode().put("Image", IMAGE);
    body.putArray("Cmd").add("sh").add("-c").add(script);
    return body;
  }

  static ObjectNode network() {
    ObjectNode body = JSON.createObjectNode().put("Name", "mine").put("Driver", "bridge");
    ObjectNode pool = body.putObject("IPAM").putArray("Config").addObject();
    pool.put("Subnet", "10.93.8.0/24").put("IPRange", "10.93.8.128/25");
    pool.putObject("AuxiliaryAddresses").put("printer", "10.93.8.9");
    body.putObject("Labels").put("colour", "red");
    return body;
  }

  static ObjectNode joining(String container) {
    ObjectNode body = JSON.createObjectNode().put("Container", container);
    body.putObject("EndpointConfig").putArray("Aliases").add("other");
    return body;
  }

  static ObjectNode exec(String script) {
    ObjectNode body = JSON.createObjectNode().put("AttachStdout", true).put("AttachStderr", true);
    body.put("User", "0").put("WorkingDir", "/tmp").put("DetachKeys", "ctrl-x");
    body.putArray("Env").add("A=1");
    body.putArray("Cmd").add("sh").add("-c").add(script);
    return body;
  }

  static ObjectNode service() {
    ObjectNode spec = JSON.createObjectNode().put("Name", "web");
    spec.putObject("Labels").put("tier", "front");
    ObjectNode task = spec.putObject("TaskTemplate");
    ObjectNode container = task.putObject("ContainerSpec").put("Image", IMAGE);
    container
        .put("Hostname", "web")
        .put("Dir", "/tmp")
        .put("User", "0")
        .put("StopSignal", "SIGKILL");
    container.put("StopGracePeriod", 5_000_000_000L).put("ReadOnly", false);
    container.putArray("Command").add("sh");
    container.putArray("Args").add("-c").add("echo up; exec httpd -f -p 80 -h /www");
    container.putArray("Env").add("A=1").add("B=two words");
    container.putArray("Hosts").add("10.1.1.1 somewhere");
    container.putObject("Labels").put("inner", "yes");
    container.putArray("Mounts").addObject().put("Type", "tmpfs").put("Target", "/scratch");
    ObjectNode resources = task.putObject("Resources");
    resources.putObject("Limits").put("NanoCPUs", 500_000_000L).put("MemoryBytes", 64 << 20);
    resources.putObject("Reservations").put("NanoCPUs", 1_000_000L).put("MemoryBytes", 4 << 20);
    resources
        .withObject("Reservations")
        .putArray("GenericResources")
        .addObject()
        .putObject("DiscreteResourceSpec")
        .put("Kind", "SSD")
        .put("Value", 1);
    task.putObject("RestartPolicy")
        .put("Condition", "any")
        .put("Delay", 1_000_000_000L)
        .put("MaxAttempts", 3)
        .put("Window", 0);
    task.putObject("Placement").putArray("Constraints").add("node.platform.os==linux");
    task.withObject("Placement")
        .putArray("Preferences")
        .addObject()
        .putObject("Spread")
        .put("SpreadDescriptor", "engine.labels.disk");
    task.put("ForceUpdate", 0);
    spec.putObject("Mode").putObject("Replicated").put("Replicas", 2);
    for (String config : List.of("UpdateConfig", "RollbackConfig")) {
      spec.putObject(config)
          .put("Parallelism", 2)
          .put("Delay", 0)
          .put("FailureAction", "pause")
          .put("Monitor", 1_000_000L)
          .put("MaxFailureRatio", 0.5)
          .put("Order", "stop-first");
    }
    ObjectNode endpoint = spec.putObject("EndpointSpec").put("Mode", "vip");
    endpoint
        .putArray("Ports")
        .addObject()
        .put("Name", "http")
        .put("Protocol", "tcp")
        .put("TargetPort", 80)
        .put("PublishedPort", 8080)
        .put("PublishMode", "ingress");
    return spec;
  }

  static ObjectNode everywhere() {
    ObjectNode spec = JSON.createObjectNode().put("Name", "everywhere");
    ObjectNode container =
        spec.putObject("TaskTemplate").putObject("ContainerSpec").put("Image", IMAGE);
    container.put("StopSignal", "SIGKILL");
    container.putArray("Command").add("sh").add("-c").add("echo up; exec sleep 1000");
    spec.putObject("Mode").putObject("Global");
    ObjectNode port = spec.putObject("EndpointSpec").putArray("Ports").addObject();
    port.put("Protocol", "udp").put("TargetPort", 53).put("PublishedPort", 5353);
    port.put("PublishMode", "host");
    return spec;
  }

  /// The version that an update must name.
  static long version(JsonNode thing) {
    return thing.path("Version").path("Index").asLong();
  }

  /// A filter with one key and one value, as it stands in a URL.
  static String filter(String key, String value) {
    return encoded("{\"" + key + "\":[\"" + value + "\"]}");
  }

  /// Text as it stands in a URL.
  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }
}
