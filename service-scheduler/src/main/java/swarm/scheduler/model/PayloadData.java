package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Bytes that never reach a log: it does not say what they are. Immutable. Bytes in CBOR, Base64
/// (RFC 4648) in JSON.
public final class PayloadData {
  private final byte[] bytes;

  private PayloadData(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Holds a copy of them.
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PayloadData of(byte[] bytes) {
    return new PayloadData(bytes.clone());
  }

  /// A copy of them.
  @JsonValue
  public byte[] bytes() {
    return bytes.clone();
  }

  /// How many they are.
  public int size() {
    return bytes.length;
  }

  /// In a time that does not tell how much of a guess was right.
  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof PayloadData that) || that.bytes.length != bytes.length) {
      return false;
    }
    int different = 0;
    for (int i = 0; i < bytes.length; i++) {
      different |= bytes[i] ^ that.bytes[i];
    }
    return different == 0;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /// How many they are, and no more.
  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
