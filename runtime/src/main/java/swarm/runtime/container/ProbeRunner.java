package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.Pidfd;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.exec.ExecSession;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.health.OutputBuffer;
import swarm.runtime.health.ProbeResult;
import swarm.runtime.oci.Signals;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.StreamFrame;

/// Runs one probe in a container, as an exec.
final class ProbeRunner {
  private static final Logger LOG = LoggerFactory.getLogger(ProbeRunner.class);
  // Starting one takes the processor for some milliseconds: many at once must not hold up the rest.
  private static final int STARTS_AT_ONCE = 4;
  private static final int FAILED = -1;
  // What a probe left running may hold its output open.
  private static final Duration OUTPUT_LIMIT = Duration.ofSeconds(1);

  private final EngineContext context;
  private final Execs execs;
  private final Semaphore starts = new Semaphore(STARTS_AT_ONCE, true);

  ProbeRunner(EngineContext context, Execs execs) {
    this.context = context;
    this.execs = execs;
  }

  /// Takes as long as the probe, or as the check allows it.
  ///
  /// @throws InterruptedException where it was given up; the probe is killed
  ProbeResult run(ManagedContainer managed, HealthCheck check) throws InterruptedException {
    Instant start = context.clock().instant();
    var output = new OutputBuffer();
    try {
      ExecSession session = start(managed, check);
      try (AttachSession streams = session.streams().orElseThrow()) {
        Thread reader =
            Thread.ofVirtual().name("health-output").start(() -> collect(streams, output));
        int code = end(session, check.longest());
        boolean _ = reader.join(OUTPUT_LIMIT);
        return new ProbeResult(start, context.clock().instant(), code, output.toString());
      }
    } catch (TimeoutException e) {
      return failed(start, tooLong(check.longest(), output.toString()));
    } catch (EngineException | IOException | CancellationException e) {
      return failed(start, String.valueOf(e.getMessage()));
    } catch (ExecutionException e) {
      return failed(start, String.valueOf(e.getCause()));
    }
  }

  private ExecSession start(ManagedContainer managed, HealthCheck check)
      throws EngineException, InterruptedException {
    var config = ExecConfig.of(check.command().toArray(String[]::new));
    starts.acquire();
    try {
      return execs.start(execs.create(managed, config).id(), true, Optional.empty());
    } finally {
      starts.release();
    }
  }

  private static int end(ExecSession session, Duration limit)
      throws IOException, InterruptedException, TimeoutException, ExecutionException {
    try {
      return session.exitCode().get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | InterruptedException e) {
      kill(session);
      throw e;
    }
  }

  private static void kill(ExecSession session) throws IOException {
    Optional<Pidfd> process = Pidfd.open(session.pid());
    if (process.isPresent()) {
      try (Pidfd found = process.get()) {
        // It is this one's number while its monitor has not taken its status.
        if (!session.exitCode().isDone()) {
          boolean _ = found.signal(Signals.SIGKILL);
        }
      }
    }
  }

  private static void collect(AttachSession streams, OutputBuffer output) {
    try {
      for (Optional<StreamFrame> frame = streams.read();
          frame.isPresent();
          frame = streams.read()) {
        output.add(frame.get().data());
      }
    } catch (IOException | CancellationException e) {
      LOG.debug("a probe's output ends: {}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private ProbeResult failed(Instant start, String why) {
    return new ProbeResult(start, context.clock().instant(), FAILED, why);
  }

  /// In Docker's words.
  static String tooLong(Duration limit, String output) {
    String text = "Health check exceeded timeout (" + words(limit) + ")";
    return output.isEmpty() ? text : text + ": " + output;
  }

  // As Go writes a duration, for those that people choose: 1m30s, 2s, 200ms, 1.5s.
  private static String words(Duration limit) {
    if (limit.compareTo(Duration.ofSeconds(1)) < 0) {
      return decimal(limit.toNanos(), 1_000_000) + "ms";
    }
    long minutes = limit.toMinutes();
    String seconds = decimal(limit.minusMinutes(minutes).toNanos(), 1_000_000_000) + "s";
    if (minutes == 0) {
      return seconds;
    }
    return (minutes < 60 ? "" : minutes / 60 + "h") + minutes % 60 + "m" + seconds;
  }

  private static String decimal(long nanos, long unit) {
    return java.math.BigDecimal.valueOf(nanos)
        .divide(java.math.BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
