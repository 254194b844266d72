package swarm.runtime.container;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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

  /// Takes as long as the probe, or as the check allows it; a start under way is never broken off.
  ///
  /// @param stop completes when nobody wants the result any more: the probe is killed then
  /// @return nothing where it was given up
  Optional<ProbeResult> run(ManagedContainer managed, HealthCheck check, CompletableFuture<?> stop)
      throws InterruptedException {
    Instant start = context.clock().instant();
    var output = new OutputBuffer();
    try {
      Optional<ExecSession> session = start(managed, check, stop);
      if (session.isEmpty()) {
        return Optional.empty();
      }
      Optional<Integer> code = follow(session.get(), check.longest(), stop, output);
      return code.map(c -> new ProbeResult(start, context.clock().instant(), c, output.toString()));
    } catch (TimeoutException e) {
      return Optional.of(failed(start, tooLong(check.longest(), output.toString())));
    } catch (EngineException | IOException | RuntimeException e) {
      // whatever the reason, the next probe is due all the same
      LOG.debug("a probe of container {} could not be run", managed.id(), e);
      return Optional.of(failed(start, String.valueOf(e.getMessage())));
    } catch (ExecutionException e) {
      return Optional.of(failed(start, String.valueOf(e.getCause())));
    }
  }

  private Optional<ExecSession> start(
      ManagedContainer managed, HealthCheck check, CompletableFuture<?> stop)
      throws EngineException, InterruptedException {
    var config = ExecConfig.of(check.command().toArray(String[]::new));
    starts.acquire();
    try {
      return stop.isDone() ? Optional.empty() : Optional.of(execs.probe(managed, config));
    } finally {
      starts.release();
    }
  }

  private Optional<Integer> follow(
      ExecSession session, Duration limit, CompletableFuture<?> stop, OutputBuffer output)
      throws IOException, InterruptedException, TimeoutException, ExecutionException {
    try (AttachSession streams = session.streams().orElseThrow()) {
      Thread reader =
          Thread.ofVirtual().name("health-output").start(() -> collect(streams, output));
      try {
        return end(session, limit, stop);
      } finally {
        boolean _ = reader.join(OUTPUT_LIMIT);
      }
    }
  }

  private Optional<Integer> end(ExecSession session, Duration limit, CompletableFuture<?> stop)
      throws IOException, InterruptedException, TimeoutException, ExecutionException {
    try {
      var _ =
          CompletableFuture.anyOf(session.exitCode(), stop)
              .get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      kill(session);
      throw e;
    }
    if (!session.exitCode().isDone()) {
      kill(session);
      return Optional.empty();
    }
    execs.forget(session.id());
    return Optional.of(session.exitCode().get());
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
    return BigDecimal.valueOf(nanos)
        .divide(BigDecimal.valueOf(unit))
        .stripTrailingZeros()
        .toPlainString();
  }
}
