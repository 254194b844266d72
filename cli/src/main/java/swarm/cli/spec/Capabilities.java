package swarm.cli.spec;

import java.util.Locale;

/// Names of capabilities, as users write them and as the API has them. Pure.
public final class Capabilities {
  private Capabilities() {}

  /// `net_admin` is `CAP_NET_ADMIN`; `ALL` stays.
  public static String canonical(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    boolean whole = upper.equals("ALL") || upper.equals("RESET") || upper.startsWith("CAP_");
    return whole ? upper : "CAP_" + upper;
  }
}
