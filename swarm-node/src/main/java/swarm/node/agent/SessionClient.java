package swarm.node.agent;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.SessionMessages;

/// Keeps a session with some manager: this node's own where it is one, else any of them, and the
/// next when one goes. Thread-safe.
final class SessionClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SessionClient.class);

  /// Three of these fit into the silence after which a node is suspect.
  private static final long BEAT_MILLIS = 150;

  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 2_000;

  /// A manager that does not answer the greeting within this time is given up for the next.
  private static final long GREETING_SECONDS = 3;

  /// Hears what managers say. Calls come one at a time.
  interface Listener {
    /// A session began: everything that is not yet acknowledged must be said again.
    void begun();

    void received(SessionMessages.FromManager message);

    /// No manager is in session with this node, and none has been for so long. Called again and
    /// again, by a thread that must not be held.
    void cutOff(Duration since);
  }

  private static final long CUT_OFF_MILLIS = 500;

  private final ClusterClient client;
  private final Supplier<Optional<String>> own;
  private final Supplier<List<String>> managers;
  private final Supplier<SessionMessages.Hello> hello;
  private final Supplier<SessionMessages.Beat> beat;
  private final Listener listener;
  private final Thread thread;
  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("session-beat").daemon().factory());
  private final CountDownLatch first = new CountDownLatch(1);

  /// Held while the listener hears something, so that it hears one session at a time.
  private final Object delivery = new Object();

  private volatile @Nullable Attempt current; // changed under delivery
  private volatile @Nullable Refusal refusal;
  private volatile boolean closed;
  private volatile long inTouchNanos = System.nanoTime();

  /// @param own this node's own manager, while it is one
  SessionClient(
      ClusterClient client,
      Supplier<Optional<String>> own,
      Supplier<List<String>> managers,
      Supplier<SessionMessages.Hello> hello,
      Supplier<SessionMessages.Beat> beat,
      Listener listener) {
    this.client = client;
    this.own = own;
    this.managers = managers;
    this.hello = hello;
    this.beat = beat;
    this.listener = listener;
    this.thread = Thread.ofVirtual().name("session").start(this::run);
    var _ = beats.scheduleAtFixedRate(this::beat, BEAT_MILLIS, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    var _ =
        beats.scheduleWithFixedDelay(
            this::lookForContact, CUT_OFF_MILLIS, CUT_OFF_MILLIS, TimeUnit.MILLISECONDS);
  }

  /// Says now what the next heartbeat would say.
  void beat() {
    send(beat.get());
  }

  private void lookForContact() {
    Attempt attempt = current;
    if (attempt != null && attempt.greeted && !attempt.over.isDone()) {
      inTouchNanos = System.nanoTime();
      return;
    }
    try {
      listener.cutOff(Duration.ofNanos(System.nanoTime() - inTouchNanos));
    } catch (RuntimeException e) {
      LOG.error("what is due without managers was not done", e); // a timer must not throw
    }
  }

  /// Ends the session and begins another at once: over a connection with this node's new
  /// certificate, and with what the greeting says now.
  void again() {
    Attempt attempt = current;
    if (attempt != null) {
      attempt.renewed = true;
      attempt.hangUp();
    }
  }

  /// Says again in the session what the greeting says now.
  void greetAgain() {
    send(hello.get());
  }

  /// Managers would not have this node, and none has since.
  private record Refusal(String why, long sinceNanos) {}

  /// Why a manager would not have this node; empty once one has again.
  Optional<String> refusal() {
    return refusedFor(Duration.ZERO);
  }

  /// Why managers have not had this node for at least so long since the first refusal; empty once
  /// one has again.
  Optional<String> refusedFor(Duration time) {
    Refusal now = refusal;
    return now != null && System.nanoTime() - now.sinceNanos() >= time.toNanos()
        ? Optional.of(now.why())
        : Optional.empty();
  }

  /// Waits for the first session.
  ///
  /// @return whether it began in time
  boolean awaitFirst(Duration limit) throws InterruptedException {
    return first.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Says something, if there is a session.
  void send(SessionMessages.FromAgent message) {
    Attempt attempt = current;
    if (attempt != null && attempt.greeted) {
      attempt.send(message);
    }
  }

  private final class Attempt implements StreamObserver<SessionMessages.FromManager> {
    final CompletableFuture<String> over = new CompletableFuture<>();
    final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private @Nullable StreamObserver<SessionMessages.FromAgent> out;
    volatile boolean greeted;
    volatile boolean renewed;
    private SessionMessages.@Nullable Hello said; // delivery's

    void open(String manager) {
      StreamObserver<SessionMessages.FromAgent> stream = client.session(manager, this);
      synchronized (this) {
        out = stream;
      }
      SessionMessages.Hello greeting = hello.get();
      synchronized (delivery) {
        said = greeting;
      }
      send(greeting);
    }

    synchronized void send(SessionMessages.FromAgent message) {
      if (out != null && !over.isDone()) {
        try {
          out.onNext(message);
        } catch (RuntimeException e) {
          over.complete(String.valueOf(e.getMessage()));
        }
      }
    }

    synchronized void hangUp() {
      if (out != null && !over.isDone()) {
        out.onCompleted();
        over.complete("closed");
      }
    }

    @Override
    public void onNext(SessionMessages.FromManager message) {
      synchronized (delivery) {
        if (current != this) {
          return; // given up for another manager, whose word counts now
        }
        if (!greeted) {
          greeted = true;
          refusal = null;
          answered.complete(true);
          first.countDown();
          listener.begun();
          SessionMessages.Hello now = hello.get();
          if (!now.equals(said)) { // it changed while nobody could be told
            send(now);
          }
        }
        listener.received(message);
      }
    }

    @Override
    public void onError(Throwable error) {
      if (Status.fromThrowable(error).getCode() == Status.Code.PERMISSION_DENIED) {
        Refusal before = refusal;
        refusal =
            new Refusal(
                String.valueOf(Status.fromThrowable(error).getDescription()),
                before == null ? System.nanoTime() : before.sinceNanos());
      }
      over.complete(String.valueOf(error.getMessage()));
    }

    @Override
    public void onCompleted() {
      over.complete("the manager ended the session");
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    var round = new ArrayDeque<String>();
    try {
      while (!closed) {
        if (round.isEmpty()) {
          round.addAll(candidates());
        }
        String manager = round.poll();
        if (manager != null) {
          var attempt = new Attempt();
          synchronized (delivery) {
            current = attempt;
          }
          attempt.open(manager);
          if (await(attempt)) {
            pause = FIRST_PAUSE_MILLIS;
            round.clear(); // the next search begins with the best manager again
          }
          LOG.debug("session with {} is over: {}", manager, attempt.over.getNow("no answer"));
          attempt.hangUp();
          if (attempt.renewed) {
            round.clear();
            continue;
          }
        }
        boolean over = round.isEmpty(); // who is refused by one asks the next sooner
        long time = over ? pause : Math.max(FIRST_PAUSE_MILLIS, pause / 4);
        Thread.sleep(time / 2 + ThreadLocalRandom.current().nextLong(time));
        pause = over ? Math.min(pause * 2, LAST_PAUSE_MILLIS) : pause;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /// Waits for the session's end; returns whether it had begun.
  private boolean await(Attempt attempt) throws InterruptedException {
    try {
      var _ =
          CompletableFuture.anyOf(attempt.answered, attempt.over)
              .get(GREETING_SECONDS, TimeUnit.SECONDS);
      attempt.over.get();
    } catch (TimeoutException _) {
      return false; // silent: the next manager may answer
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("a session's end never fails", e);
    }
    return attempt.greeted;
  }

  /// All managers, each once: this node's own first, the others in any order. None where none is
  /// known, while this node's own is still being started.
  private List<String> candidates() {
    var all = new ArrayList<>(managers.get());
    Collections.shuffle(all, ThreadLocalRandom.current());
    own.get().ifPresent(self -> all.addFirst(self));
    return all;
  }

  @Override
  public void close() {
    closed = true;
    beats.shutdownNow();
    Attempt attempt = current;
    if (attempt != null) {
      attempt.send(new SessionMessages.Farewell());
      attempt.hangUp();
    }
    thread.interrupt();
  }
}
