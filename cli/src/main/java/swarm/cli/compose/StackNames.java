package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import swarm.cli.client.Json;

/// How a stack's things are called, and the labels that tell whose they are.
///
/// @param stack the stack's name
public record StackNames(String stack) {
  public static final String NAMESPACE = "com.docker.stack.namespace";
  public static final String IMAGE = "com.docker.stack.image";

  private static final Set<String> OF_THE_HOST = Set.of("bridge", "host", "none", "default");

  /// Whether a network is none of the cluster's, and there on every node.
  public static boolean ofTheHost(String network) {
    return OF_THE_HOST.contains(network) || network.startsWith("container:");
  }

  /// The cluster's name for what a file calls so.
  public String scoped(String name) {
    return stack + "_" + name;
  }

  /// The name that a thing was given, or the scoped one.
  String of(String name, JsonNode thing) {
    String own = thing.path("name").asText("");
    return own.isEmpty() ? scoped(name) : own;
  }

  /// Labels of the file with the stack's own.
  ObjectNode labels(JsonNode labels) {
    ObjectNode all = labels instanceof ObjectNode given ? given.deepCopy() : Json.object();
    return all.put(NAMESPACE, stack);
  }
}
