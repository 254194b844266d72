package swarm.runtime.image;

import java.util.function.LongConsumer;

/// Tells how far one layer is, not too often. Confined to one thread.
final class Steps implements LongConsumer {
  private static final long REPORT_EVERY_BYTES = 512 * 1024;

  private final Progress progress;
  private final String label;
  private final String status;
  private final long total;
  private long told = -REPORT_EVERY_BYTES;

  Steps(Progress progress, String label, String status, long total) {
    this.progress = progress;
    this.label = label;
    this.status = status;
    this.total = total;
  }

  @Override
  public void accept(long current) {
    if (current - told >= REPORT_EVERY_BYTES || (current == total && told < total)) {
      told = current;
      progress.report(label, status, current, total);
    } else if (current < told) {
      told = current; // it begins again
    }
  }
}
