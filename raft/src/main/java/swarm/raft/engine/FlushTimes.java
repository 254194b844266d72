package swarm.raft.engine;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;

/// Ratis' metrics, all but one left out: about 150 timers with reservoirs per member that nobody
/// reads, and a library that takes its time to load. How long each flush of the log takes is told
/// to whoever listens. Found by Ratis through `META-INF/services`; public for that reason only.
/// Thread-safe.
public final class FlushTimes extends MetricRegistries {
  /// Ratis' name for it (`SegmentedRaftLogMetrics.RAFT_LOG_FLUSH_TIME`).
  private static final String FLUSH = "flushTime";

  /// By member; Ratis makes its registries itself, and from nothing but a name.
  private static final Map<String, LongConsumer> LISTENERS = new ConcurrentHashMap<>();

  /// For [java.util.ServiceLoader] only.
  public FlushTimes() {}

  /// Tells how many nanoseconds each flush of a member's log takes, on the thread that flushed.
  static void listen(String member, LongConsumer listener) {
    LISTENERS.put(member, listener);
  }

  static void unlisten(String member) {
    LISTENERS.remove(member);
  }

  @Override
  public RatisMetricRegistry create(MetricRegistryInfo info) {
    return new Registry(info);
  }

  @Override
  public boolean remove(MetricRegistryInfo info) {
    return true;
  }

  @Override
  public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
    return Optional.empty();
  }

  @Override
  public Set<MetricRegistryInfo> getMetricRegistryInfos() {
    return Set.of();
  }

  @Override
  public Collection<RatisMetricRegistry> getMetricRegistries() {
    return List.of();
  }

  @Override
  public void clear() {}

  @Override
  public void addReporterRegistration(
      Consumer<RatisMetricRegistry> start, Consumer<RatisMetricRegistry> stop) {}

  @Override
  public void enableJmxReporter() {}

  @Override
  public void enableConsoleReporter(TimeDuration rate) {}

  private record Registry(MetricRegistryInfo info) implements RatisMetricRegistry {
    private static final Timekeeper.Context STOPPED = () -> 0;
    private static final Timekeeper TIMER = () -> STOPPED;
    private static final LongCounter COUNTER =
        new LongCounter() {
          @Override
          public void inc(long n) {}

          @Override
          public void dec(long n) {}

          @Override
          public long getCount() {
            return 0;
          }
        };

    @Override
    public Timekeeper timer(String name) {
      return name.equals(FLUSH) ? this::flush : TIMER;
    }

    private Timekeeper.Context flush() {
      long start = System.nanoTime();
      return () -> {
        long took = System.nanoTime() - start;
        String member = info.getPrefix(); // member@group
        int at = member.indexOf('@');
        LongConsumer listener = LISTENERS.get(at < 0 ? member : member.substring(0, at));
        if (listener != null) {
          listener.accept(took);
        }
        return took;
      };
    }

    @Override
    public LongCounter counter(String name) {
      return COUNTER;
    }

    @Override
    public boolean remove(String name) {
      return true;
    }

    @Override
    public <T> void gauge(String name, Supplier<Supplier<T>> gauge) {}

    @Override
    public MetricRegistryInfo getMetricRegistryInfo() {
      return info;
    }
  }
}
