package swarm.chaos.workload;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import swarm.chaos.check.Operation;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.client.DockerApi;

/// Clients of several managers that create, read, update and remove the same few services at the
/// same time, and the history of what they were told. Thread-safe.
public final class ApiHistory implements AutoCloseable {
  /// After a call that failed: the next one would fail, too.
  private static final Duration AFTER_FAILURE = Duration.ofMillis(50);

  /// What the clients do.
  ///
  /// @param managers whose APIs they use, each with the limit that a client waits for an answer.
  ///   The first client uses the first one, and so on, over and over
  /// @param clients how many ask at the same time
  /// @param services names that no service has yet
  /// @param seed of what each client asks for
  /// @param pause of a client between two calls
  /// @param maxCalls of all clients together, after which they stop by themselves
  public record Settings(
      List<DockerApi> managers,
      int clients,
      List<String> services,
      long seed,
      Duration pause,
      int maxCalls) {
    public Settings {
      managers = List.copyOf(managers);
      services = List.copyOf(services);
    }
  }

  private final Settings settings;
  private final long start = System.nanoTime();
  private final AtomicInteger names = new AtomicInteger();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private final List<Operation<ServiceCall, ServiceAnswer>> recorded =
      Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean stopping;

  private ApiHistory(Settings settings) {
    this.settings = settings;
  }

  /// Starts the clients.
  public static ApiHistory start(Settings settings) {
    var history = new ApiHistory(settings);
    var seeds = new SplittableRandom(settings.seed());
    for (int i = 0; i < settings.clients(); i++) {
      var api = new ServiceApi(settings.managers().get(i % settings.managers().size()));
      var choice = new Choice(settings.services(), seeds.split());
      history.clients.add(history.threads.submit(() -> history.run(api, choice)));
    }
    return history;
  }

  /// How many calls were begun so far.
  public int calls() {
    return Math.min(calls.get(), settings.maxCalls());
  }

  /// How many calls were answered with certainty so far, success or not.
  public int answers() {
    return answers.get();
  }

  /// Has every client read every service once more, as far as it can be had, and ends.
  ///
  /// @return what all clients were told, without what surely had no effect
  /// @throws IllegalStateException where a client was told that it asks wrongly
  public List<Operation<ServiceCall, ServiceAnswer>> stop() throws InterruptedException {
    stopping = true;
    for (Future<?> client : clients) {
      try {
        var _ = client.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a client of the workload failed", e.getCause());
      }
    }
    return List.copyOf(recorded);
  }

  /// Ends without a word, also where [#stop] was not reached.
  @Override
  public void close() {
    stopping = true;
    threads.close();
  }

  /// @return the name that the client ended with
  private int run(ServiceApi api, Choice choice) throws InterruptedException {
    var client = new Client(api, choice);
    while (!stopping && calls.incrementAndGet() <= settings.maxCalls()) {
      client.ask(choice.next(client.newValue()));
    }
    for (String service : settings.services()) {
      client.ask(new ServiceCall.Read(service));
    }
    return client.name;
  }

  /// One client, which is another one after each call whose outcome it does not know: what it asked
  /// may still be under way.
  private final class Client {
    private final ServiceApi api;
    private final Choice choice;
    private int name = names.incrementAndGet();
    private int written;

    Client(ServiceApi api, Choice choice) {
      this.api = api;
      this.choice = choice;
    }

    String newValue() {
      return name + "." + ++written;
    }

    void ask(ServiceCall call) throws InterruptedException {
      long begin = now();
      try {
        ServiceAnswer answer = api.ask(call);
        answered(call, begin, answer);
      } catch (IOException e) {
        switch (Outcome.of(call, e)) {
          case Outcome.Answered known -> answered(call, begin, known.answer());
          case Outcome.Nothing _ -> Thread.sleep(AFTER_FAILURE);
          case Outcome.Unknown _ -> {
            recorded.add(Operation.unknown(name, call, begin));
            name = names.incrementAndGet();
            written = 0;
            Thread.sleep(AFTER_FAILURE);
          }
        }
      }
      Thread.sleep(settings.pause());
    }

    private void answered(ServiceCall call, long begin, ServiceAnswer answer) {
      recorded.add(Operation.answered(name, call, begin, answer, now()));
      choice.answered(call, answer);
      answers.incrementAndGet();
    }

    private long now() {
      return System.nanoTime() - start;
    }
  }
}
