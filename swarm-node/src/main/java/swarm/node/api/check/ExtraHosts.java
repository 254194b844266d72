package swarm.node.api.check;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.NameResolution;

/// The `name:address` entries of `HostConfig.ExtraHosts`: moby's `ValidateExtraHost`, stricter only
/// with names, since each becomes a line of `/etc/hosts`. Pure.
public final class ExtraHosts {
  // No more than Go's ParseIP takes; Java's own parser knows 1.2 and 010.0.0.1, too.
  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern UNWRITABLE = Pattern.compile("[\\s\\p{Cntrl}#]");

  private ExtraHosts() {}

  /// @return the entries as they are written: IPv6 addresses without brackets
  /// @throws ApiException 400 with the first that makes no sense
  public static List<String> check(List<String> entries) throws ApiException {
    var all = new ArrayList<String>();
    for (String entry : entries) {
      int colon = entry.indexOf(':');
      if (colon <= 0 || UNWRITABLE.matcher(entry.substring(0, colon)).find()) {
        throw ApiException.bad("bad format for add-host: \"" + entry + "\"");
      }
      all.add(entry.substring(0, colon + 1) + address(entry.substring(colon + 1)));
    }
    return all;
  }

  private static String address(String text) throws ApiException {
    String bare = text.strip();
    if (text.equals(NameResolution.HOST_GATEWAY) || IPV4.matcher(bare).matches()) {
      return bare;
    }
    boolean brackets = bare.startsWith("[") && bare.endsWith("]");
    String six = brackets ? bare.substring(1, bare.length() - 1) : bare;
    if (!isIpv6(six)) {
      throw ApiException.bad("invalid IP address in add-host: \"" + text + "\"");
    }
    return six;
  }

  private static boolean isIpv6(String text) {
    if (!IPV6.matcher(text).matches()) {
      return false;
    }
    try {
      var _ = InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
