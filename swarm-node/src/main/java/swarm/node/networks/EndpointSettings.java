package swarm.node.networks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Wire;

/// How a container is to stand on one network, as a user asked; it holds from each start on.
///
/// @param network its name
/// @param address of the user's choice; empty for any
/// @param mac likewise
/// @param aliases further names on this network
/// @param gatewayPriority the default route leads through the network where it is highest
public record EndpointSettings(
    String network, String address, String mac, List<String> aliases, int gatewayPriority) {
  /// The attribute of a container's configuration that holds a list of these. Without it, a
  /// container is on the bridge of containers that name no network.
  public static final String ATTRIBUTE = "swarm.networks";

  private static final TypeReference<List<EndpointSettings>> LIST = new TypeReference<>() {};

  public EndpointSettings {
    network = text(network);
    address = text(address);
    mac = text(mac);
    aliases = aliases == null ? List.of() : List.copyOf(aliases);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /// Nothing asked for.
  public static EndpointSettings plain(String network) {
    return new EndpointSettings(network, "", "", List.of(), 0);
  }

  /// Those of a container, the one that it was created on first.
  public static List<EndpointSettings> read(Map<String, String> attributes) {
    String text = attributes.get(ATTRIBUTE);
    if (text == null) {
      return List.of(plain(Predefined.BRIDGE));
    }
    try {
      return Wire.JSON.readValue(text, LIST);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a container's networks cannot be read: " + text, e);
    }
  }

  /// As an attribute.
  public static String write(List<EndpointSettings> all) {
    try {
      return Wire.JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a container's networks cannot be written: " + all, e);
    }
  }

  /// The attributes with another list.
  public static Map<String, String> with(
      Map<String, String> attributes, List<EndpointSettings> all) {
    var next = new LinkedHashMap<>(attributes);
    next.put(ATTRIBUTE, write(all));
    return next;
  }

  /// The list with this one added, or put in place of that for the same network.
  public static List<EndpointSettings> put(List<EndpointSettings> all, EndpointSettings one) {
    var next = new ArrayList<>(all);
    next.removeIf(other -> other.network().equals(one.network()));
    next.add(one);
    return next;
  }

  /// The list without a network.
  public static List<EndpointSettings> without(List<EndpointSettings> all, String network) {
    return all.stream().filter(one -> !one.network().equals(network)).toList();
  }
}
