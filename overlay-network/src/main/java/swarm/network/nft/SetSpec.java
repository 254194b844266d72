package swarm.network.nft;

import java.util.List;
import java.util.stream.Collectors;

/// A named set or map.
///
/// @param name unique in its table
/// @param key the types that make up a key, concatenated
/// @param content what it holds for each key
public record SetSpec(String name, List<Type> key, Content content) {
  /// The types of data, with the numbers that `nft list` knows them by.
  public enum Type {
    IPV4_ADDRESS(7, 4, "ipv4_addr"),
    PROTOCOL(12, 1, "inet_proto"),
    SERVICE(13, 2, "inet_service"),
    INTEGER(4, 4, "integer"),
    /// 32 bits in the machine's order.
    MARK(19, 4, "mark");

    private final int number;
    private final int bytes;
    private final String text;

    Type(int number, int bytes, String text) {
      this.number = number;
      this.bytes = bytes;
      this.text = text;
    }

    int bytes() {
      return bytes;
    }

    /// As `nft` numbers a concatenation: six bits for each part.
    static int number(List<Type> types) {
      int number = 0;
      for (Type type : types) {
        number = number << 6 | type.number;
      }
      return number;
    }

    /// Bytes of a concatenation: each part fills whole registers of 4 bytes.
    static int bytes(List<Type> types) {
      return types.size() == 1
          ? types.getFirst().bytes
          : types.stream().mapToInt(type -> type.bytes + 3 & ~3).sum();
    }

    static String text(List<Type> types) {
      return types.stream().map(type -> type.text).collect(Collectors.joining(" . "));
    }
  }

  /// What is held for each key.
  public sealed interface Content {
    /// Nothing: a set.
    record Members() implements Content {}

    /// Values: a map.
    record Values(List<Type> types) implements Content {}

    /// Where to go on: a verdict map.
    record Verdicts() implements Content {}
  }

  /// One element.
  ///
  /// @param key one datum for each part of the set's key
  /// @param target what the key stands for
  /// @param comment kept by the kernel with the element, at most 127 characters, empty for none
  public record Element(List<Datum> key, Target target, String comment) {
    public Element {
      if (comment.length() > 127) {
        throw new IllegalArgumentException(
            "comment of " + comment.length() + " characters, of at most 127: " + comment);
      }
    }

    public Element(List<Datum> key, Target target) {
      this(key, target, "");
    }
  }

  /// What an element's key stands for.
  public sealed interface Target {
    /// Nothing: the key is a member.
    record None() implements Target {}

    /// Values.
    record Values(List<Datum> values) implements Target {}

    /// The chain to go on with.
    record Goto(String chain) implements Target {}
  }
}
