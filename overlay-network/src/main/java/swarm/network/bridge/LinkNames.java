package swarm.network.bridge;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Names of our links, derived so that they can be found again without any record of them: prefix,
/// one letter for the use, 12 characters of the container's id.
///
/// @param prefix one or two letters
/// @param bridge the bridge of plain containers, which has a name of its own
public record LinkNames(String prefix, String bridge) {
  private static final int ID_CHARACTERS = 12;
  private static final Pattern HEX_ID = Pattern.compile("[0-9a-f]{12,}");

  /// The host's end of the cable between a container and the bridge.
  public String bridgeLink(String containerId) {
    return prefix + "b" + shortId(containerId);
  }

  /// The host's end of the cable between a container and the ingress bridge.
  public String ingressLink(String containerId) {
    return prefix + "i" + shortId(containerId);
  }

  /// The host's end of the cable between a container and a network that users made.
  public String networkLink(String containerId, String networkId) {
    return prefix + "n" + sha256(containerId + " " + networkId).substring(0, ID_CHARACTERS);
  }

  /// The bridge of a network that users made, unless they named it: as Docker's.
  public static String networkBridge(String networkId) {
    return "br-" + networkId.substring(0, ID_CHARACTERS);
  }

  /// Begins the names of all bridges of the cluster's networks that users made; no other link's.
  public String overlayBridges() {
    return prefix + "o";
  }

  /// The bridge of one of them.
  public String overlayBridge(String networkId) {
    return overlayBridges() + sha256(networkId).substring(0, ID_CHARACTERS);
  }

  /// The VXLAN interface of one of them.
  public String overlayVxlan(String networkId) {
    return prefix + "x" + sha256(networkId).substring(0, ID_CHARACTERS);
  }

  /// Whether the name is a bridge or VXLAN interface of one of them.
  public boolean isOverlay(String name) {
    return name.length() == prefix.length() + 1 + ID_CHARACTERS
        && name.startsWith(prefix)
        && "ox".indexOf(name.charAt(prefix.length())) >= 0
        && HEX_ID.matcher(name.substring(prefix.length() + 1)).matches();
  }

  /// The ingress bridge.
  public String ingressBridge() {
    return prefix + "ingress";
  }

  /// The VXLAN interface of the ingress network.
  public String ingressVxlan() {
    return prefix + "vxlan";
  }

  /// Whether the name is a container's link, of any use.
  public boolean isContainerLink(String name) {
    return name.length() == prefix.length() + 1 + ID_CHARACTERS
        && name.startsWith(prefix)
        && "bin".indexOf(name.charAt(prefix.length())) >= 0
        && HEX_ID.matcher(name.substring(prefix.length() + 1)).matches();
  }

  /// Ids of containers are hexadecimal; anything else is hashed to look like one.
  private static String shortId(String containerId) {
    String hex = HEX_ID.matcher(containerId).matches() ? containerId : sha256(containerId);
    return hex.substring(0, ID_CHARACTERS);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
