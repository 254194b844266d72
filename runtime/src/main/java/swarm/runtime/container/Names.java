package swarm.runtime.container;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/// Makes ids and names for containers that come without.
final class Names {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final List<String> MOODS =
      List.of(
          "able", "bold", "brave", "bright", "brisk", "calm", "clear", "clever", "cool", "crisp",
          "eager", "fair", "fine", "firm", "fond", "frank", "free", "fresh", "gentle", "glad",
          "good", "grand", "happy", "hardy", "jolly", "keen", "kind", "lively", "loyal", "lucid",
          "merry", "mild", "neat", "nimble", "noble", "patient", "plucky", "polite", "proud",
          "quick", "quiet", "ready", "sharp", "sober", "steady", "swift", "tidy", "warm", "wise",
          "witty");
  private static final List<String> PEOPLE =
      List.of(
          "allen",
          "babbage",
          "bartik",
          "blackwell",
          "boole",
          "cerf",
          "church",
          "clarke",
          "curie",
          "dijkstra",
          "diffie",
          "easley",
          "engelbart",
          "euler",
          "fermi",
          "floyd",
          "galois",
          "gauss",
          "goldberg",
          "hamilton",
          "hamming",
          "hoare",
          "hopper",
          "johnson",
          "kay",
          "kilby",
          "knuth",
          "lamport",
          "liskov",
          "lovelace",
          "mccarthy",
          "meitner",
          "moore",
          "naur",
          "newton",
          "noether",
          "perlman",
          "ritchie",
          "shamir",
          "shannon",
          "stallman",
          "tarjan",
          "thompson",
          "torvalds",
          "turing",
          "villani",
          "wiles",
          "wing",
          "wirth",
          "wozniak");

  private Names() {}

  /// 64 random hexadecimal digits.
  static String id() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Such as `calm_lovelace`; `attempt` above 0 appends a number, as names run out.
  static String name(int attempt) {
    return name(RANDOM, attempt);
  }

  static String name(RandomGenerator random, int attempt) {
    String name =
        MOODS.get(random.nextInt(MOODS.size())) + "_" + PEOPLE.get(random.nextInt(PEOPLE.size()));
    return attempt == 0 ? name : name + random.nextInt(10 * attempt);
  }
}
