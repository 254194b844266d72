package swarm.runtime.health;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Keeps the beginning of a probe's output. Thread-safe.
public final class OutputBuffer {
  private static final int KEPT = 4_096;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private boolean cut;

  /// Takes more of it.
  public synchronized void add(byte[] bytes) {
    int room = Math.min(KEPT - kept.size(), bytes.length);
    kept.write(bytes, 0, room);
    cut |= room < bytes.length;
  }

  /// What was kept, with Docker's sign where that is not all.
  @Override
  public synchronized String toString() {
    return kept.toString(StandardCharsets.UTF_8) + (cut ? "..." : "");
  }
}
