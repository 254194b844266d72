package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Subnet;

/// Reads and checks the body that makes a network of the whole cluster, in swarmkit's words where
/// it has some. What cannot be done is refused by name. Pure.
public final class ClusterNetworkShape {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9]+(?:[a-zA-Z0-9-_]*[a-zA-Z0-9])?");
  private static final int MAX_NAME = 63;
  private static final int LEAST_PREFIX = 8;
  private static final int MOST_PREFIX = 29;
  private static final int LEAST_MTU = 68;
  private static final int MOST_MTU = 65_535;
  private static final String ENCRYPTED = "encrypted";
  private static final List<String> UNUSABLE =
      List.of("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4");
  private static final Set<String> SCOPES = Set.of("", "swarm");

  private ClusterNetworkShape() {}

  /// @param body whose types [NetworkShape] has checked
  /// @throws ApiException 400 for what is wrong, 501 for what cannot be done yet
  public static NetworkSpec read(JsonNode body) throws ApiException {
    String name = JsonValues.text(body, "Name");
    if (name.isEmpty()) {
      throw Refusals.invalid("meta: name must be provided");
    }
    if (name.length() > MAX_NAME) {
      throw Refusals.invalid("name must be " + MAX_NAME + " characters or fewer");
    }
    if (!NAME.matcher(name).matches()) {
      throw Refusals.invalid("name must be valid as a DNS name component");
    }
    String scope = JsonValues.text(body, "Scope");
    if (!SCOPES.contains(scope)) {
      throw ApiException.unimplemented("an overlay network of the scope '" + scope + "'");
    }
    if (body.path("Ingress").asBoolean() && body.path("Attachable").asBoolean()) {
      throw Refusals.invalid("ingress network cannot be attachable");
    }
    Map<String, String> options = JsonValues.map(body.path("Options"));
    checkOptions(options);
    return new NetworkSpec(
        name,
        orNull(JsonValues.map(body.path("Labels"))),
        orNull(options),
        body.path("Internal").asBoolean() ? true : null,
        body.path("Attachable").asBoolean() ? true : null,
        ipam(body.path("IPAM")),
        null);
  }

  private static @Nullable Map<String, String> orNull(Map<String, String> map) {
    return map.isEmpty() ? null : new LinkedHashMap<>(map);
  }

  private static void checkOptions(Map<String, String> options) throws ApiException {
    if (options.containsKey(ENCRYPTED)) {
      throw ApiException.unimplemented("an encrypted overlay network");
    }
    for (String option : options.keySet()) {
      if (option.startsWith("com.docker.network.") && !option.equals(NetworkSpec.MTU)) {
        throw ApiException.unimplemented("the option " + option + " of an overlay network");
      }
    }
    String mtu = options.getOrDefault(NetworkSpec.MTU, "");
    if (!mtu.isEmpty()
        && (!mtu.matches("\\d{1,5}")
            || Integer.parseInt(mtu) < LEAST_MTU
            || Integer.parseInt(mtu) > MOST_MTU)) {
      throw Refusals.invalid(
          "invalid MTU number '" + mtu + "': it must be from " + LEAST_MTU + " to " + MOST_MTU);
    }
  }

  private static NetworkSpec.@Nullable Ipam ipam(JsonNode ipam) throws ApiException {
    JsonNode pools = ipam.path("Config");
    if (pools.isEmpty()) {
      return null;
    }
    if (pools.size() > 1) {
      throw ApiException.unimplemented("an overlay network with several subnets");
    }
    return new NetworkSpec.Ipam(
        null, orNull(JsonValues.map(ipam.path("Options"))), List.of(pool(pools.get(0))));
  }

  private static NetworkSpec.Pool pool(JsonNode pool) throws ApiException {
    String subnet = JsonValues.text(pool, "Subnet");
    Subnet parsed =
        Subnet.parse(subnet).orElseThrow(() -> configuration("invalid subnet " + subnet));
    if (parsed.prefix() < LEAST_PREFIX || parsed.prefix() > MOST_PREFIX) {
      throw configuration(
          "subnet " + subnet + " must be from /" + LEAST_PREFIX + " to /" + MOST_PREFIX);
    }
    for (String range : UNUSABLE) {
      if (Subnet.parse(range).filter(parsed::overlaps).isPresent()) {
        throw configuration(
            "invalid subnet " + subnet + ": no container can have addresses of " + range);
      }
    }
    String range = JsonValues.text(pool, "IPRange");
    if (!range.isEmpty()) {
      Subnet part = Subnet.parse(range).orElseThrow(() -> configuration("invalid range " + range));
      if (part.prefix() < parsed.prefix() || !parsed.overlaps(part)) {
        throw configuration("subnet " + subnet + " does not contain range " + range);
      }
    }
    String gateway = JsonValues.text(pool, "Gateway");
    inside("gateway", gateway, subnet, parsed);
    Map<String, String> reserved = JsonValues.map(pool.path("AuxiliaryAddresses"));
    for (String address : reserved.values()) {
      inside("auxiliary address", address, subnet, parsed);
    }
    return new NetworkSpec.Pool(
        parsed.toString(),
        range.isEmpty() ? null : range,
        gateway.isEmpty() ? null : gateway,
        orNull(reserved));
  }

  private static void inside(String what, String address, String subnet, Subnet parsed)
      throws ApiException {
    if (address.isEmpty()) {
      return;
    }
    Optional<Integer> number = Subnet.address(address);
    if (number.isEmpty()) {
      throw configuration("invalid " + what + " " + address);
    }
    if (!parsed.contains(number.get())) {
      throw configuration("subnet " + subnet + " does not contain " + what + " " + address);
    }
  }

  private static ApiException configuration(String why) {
    return Refusals.invalid("ipam configuration: " + why);
  }
}
