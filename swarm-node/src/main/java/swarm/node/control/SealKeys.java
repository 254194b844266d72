package swarm.node.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.raft.seal.AesGcmSeal;
import swarm.scheduler.model.Wire;

/// The keys that open the log and its snapshots on this manager, and which of them seals. Every
/// manager of a cluster holds the key that any of them seals with. Immutable.
///
/// As bytes: `SWARMSEAL1`, then CBOR. Earlier versions had one key, its 32 bytes and nothing else:
/// that is key 0, and nobody knows how old it is.
///
/// @param sealing id of the key that seals
/// @param keys with rising ids
public record SealKeys(int sealing, List<SealKey> keys) {
  private static final byte[] MAGIC = "SWARMSEAL1".getBytes(StandardCharsets.US_ASCII);

  public SealKeys {
    keys = List.copyOf(keys);
    for (int i = 1; i < keys.size(); i++) {
      if (keys.get(i).id() <= keys.get(i - 1).id()) {
        throw new IllegalArgumentException("The ids of keys must rise: " + keys + ".");
      }
    }
    if (keys.stream().noneMatch(k -> k.id() == sealing)) {
      throw new IllegalArgumentException("There is no key " + sealing + ", only " + keys + ".");
    }
  }

  /// One new key.
  public static SealKeys create(Instant now) {
    return new SealKeys(0, List.of(new SealKey(0, random(), now, 0, "")));
  }

  /// The only key of earlier versions.
  public static SealKeys bare(byte[] key) {
    return new SealKeys(0, List.of(new SealKey(0, key, Instant.EPOCH, 0, "")));
  }

  static byte[] random() {
    byte[] key = new byte[SealKey.BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /// Reads [#encode], or what earlier versions kept.
  ///
  /// @throws IOException where it is neither
  public static SealKeys decode(byte[] bytes) throws IOException {
    if (bytes.length == SealKey.BYTES) {
      return bare(bytes);
    }
    if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, 10)) {
      throw new IOException("it holds neither a key of 32 bytes nor keys that this version knows");
    }
    try {
      return Wire.CBOR.readValue(bytes, MAGIC.length, bytes.length - MAGIC.length, SealKeys.class);
    } catch (JsonProcessingException | RuntimeException e) {
      throw new IOException("its keys cannot be read"); // the cause may quote them
    }
  }

  /// For files and other managers; what it holds must be sealed wherever it goes.
  public byte[] encode() {
    try {
      byte[] body = Wire.CBOR.writeValueAsBytes(this);
      byte[] all = Arrays.copyOf(MAGIC, MAGIC.length + body.length);
      System.arraycopy(body, 0, all, MAGIC.length, body.length);
      return all;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("keys that cannot be written: " + this, e);
    }
  }

  /// The key that seals.
  public SealKey sealingKey() {
    return key(sealing);
  }

  /// The key made last; where it does not seal yet, it is the next to.
  public SealKey newest() {
    return keys.getLast();
  }

  private SealKey key(int id) {
    return keys.stream().filter(k -> k.id() == id).findFirst().orElseThrow();
  }

  /// What builds before rings are given: they know key 0 only. Null where it is gone.
  public byte @Nullable [] keyZero() {
    return keys.getFirst().id() == 0 ? keys.getFirst().key() : null;
  }

  /// These and another one, which does not seal yet.
  SealKeys with(SealKey next) {
    var all = new ArrayList<>(keys);
    all.add(next);
    return new SealKeys(sealing, all);
  }

  /// The same keys, another of which seals.
  SealKeys sealingWith(int id) {
    return new SealKeys(id, keys);
  }

  /// These and the leader's; the later of both keys seals. Where two leaders made a key under the
  /// same id, the present leader's stays: the other one was never used, as that takes all managers,
  /// the present leader among them. Empty where that cannot be: a key that has sealed is another
  /// one there.
  Optional<SealKeys> merged(SealKeys leaders) {
    var all = new TreeMap<Integer, SealKey>();
    keys.forEach(k -> all.put(k.id(), k));
    for (SealKey told : leaders.keys) {
      SealKey known = all.get(told.id());
      if (known != null && !known.same(told) && told.id() <= sealing) {
        return Optional.empty();
      }
      if (known == null || !known.same(told)) {
        all.put(told.id(), told);
      }
    }
    return Optional.of(
        new SealKeys(Math.max(sealing, leaders.sealing), new ArrayList<>(all.values())));
  }

  /// Seals with the one, opens what any sealed.
  public AesGcmSeal seal() {
    Map<Integer, byte[]> all = new TreeMap<>();
    keys.forEach(k -> all.put(k.id(), k.key()));
    return AesGcmSeal.of(sealing, all);
  }
}
