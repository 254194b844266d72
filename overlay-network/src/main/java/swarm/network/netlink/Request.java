package swarm.network.netlink;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One netlink message to send: what a user would call it, and its encoded form.
///
/// @param what names the request in errors: `add link swarm0`
/// @param type the message type (`RTM_NEWLINK`)
/// @param flags the `NLM_F_` flags beside REQUEST and ACK
/// @param body header of the family, then attributes
/// @param tolerated errnos that mean that there was nothing to do
public record Request(String what, int type, int flags, byte[] body, List<Integer> tolerated) {
  /// Fail where the object exists.
  public static final int EXCL = 0x200;

  /// Make the object where it is missing.
  public static final int CREATE = 0x400;

  /// Replace the object where it exists.
  public static final int REPLACE = 0x100;

  /// Answer with every object.
  public static final int DUMP = 0x300;

  /// A request for which every errno is a failure.
  public Request(String what, int type, int flags, byte[] body) {
    this(what, type, flags, body, List.of());
  }

  /// The same request, but these errnos count as done.
  public Request tolerating(int... errnos) {
    return new Request(
        what,
        type,
        flags,
        body,
        Stream.concat(tolerated.stream(), IntStream.of(errnos).boxed()).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Request that
        && what.equals(that.what)
        && type == that.type
        && flags == that.flags
        && Arrays.equals(body, that.body)
        && tolerated.equals(that.tolerated);
  }

  @Override
  public int hashCode() {
    return 31 * what.hashCode() + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return what;
  }
}
