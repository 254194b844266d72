package swarm.node.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// How long something took, in buckets that are each twice as wide as the one before: from half a
/// millisecond to four seconds. Counting waits for nobody. Thread-safe.
public final class Histogram {
  private static final int BUCKETS = 14;
  private static final long FIRST_MICROS = 500;

  private final LongAdder[] counts = new LongAdder[BUCKETS + 1];
  private final LongAdder sumNanos = new LongAdder();

  public Histogram() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /// Counts one duration.
  public void observe(long nanos) {
    counts[bucket(TimeUnit.NANOSECONDS.toMicros(nanos))].increment();
    sumNanos.add(nanos);
  }

  private static int bucket(long micros) {
    int bucket = 0;
    while (bucket < BUCKETS && micros > bound(bucket)) {
      bucket++;
    }
    return bucket;
  }

  private static long bound(int bucket) {
    return FIRST_MICROS << bucket;
  }

  void write(PrometheusText text, String name, String help) {
    text.head(name, "histogram", help);
    long total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      total += counts[i].sum();
      text.line(name + "_bucket", "le", Double.toString(bound(i) / 1e6), (double) total);
    }
    total += counts[BUCKETS].sum();
    text.line(name + "_bucket", "le", "+Inf", (double) total);
    text.line(name + "_sum", sumNanos.sum() / 1e9);
    text.line(name + "_count", (double) total);
  }
}
