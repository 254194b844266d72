package swarm.network.gossip;

/// How much a member trusts its own sight (Lifeguard's local health multiplier): whoever does not
/// get even the answers of healthy members, or was not running for a while, is slow to accuse.
final class Awareness {
  private static final int MOST = 4;
  private int score;

  /// Something went well (-1) or badly.
  void note(int delta) {
    score = Math.clamp((long) score + delta, 0, MOST);
  }

  int score() {
    return score;
  }

  /// A timeout, stretched by the doubt in oneself.
  long stretch(int millis) {
    return (long) millis * (1 + score);
  }
}
