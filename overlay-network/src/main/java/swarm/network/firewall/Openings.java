package swarm.network.firewall;

/// How rules of ours among others' are known.
final class Openings {
  private static final String COMMENT = "swarm firewall: ";

  private Openings() {}

  /// What is kept with a rule.
  static String comment(Opening opening) {
    return COMMENT + opening.name();
  }

  static boolean isOurs(Ruleset.Rule rule) {
    return rule.comment().startsWith(COMMENT);
  }
}
