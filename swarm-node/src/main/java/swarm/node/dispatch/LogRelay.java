package swarm.node.dispatch;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;
import swarm.node.rpc.SessionMessages;

/// Logs of tasks on any node: from agents in session here directly, from others through the manager
/// that they are in session with.
public final class LogRelay {
  /// A manager that does not say within this time whom it serves serves nobody.
  private static final long ANSWER_SECONDS = 2;

  private final Dispatcher dispatcher;
  private final ClusterClient client;
  private final Supplier<List<String>> otherManagers;

  public LogRelay(
      Dispatcher dispatcher, ClusterClient client, Supplier<List<String>> otherManagers) {
    this.dispatcher = dispatcher;
    this.client = client;
    this.otherManagers = otherManagers;
  }

  /// An open subscription.
  ///
  /// @param missing nodes that no reachable manager has in session
  /// @param close ends it everywhere
  public record Subscription(List<String> missing, Runnable close) {}

  /// Opens a subscription.
  ///
  /// @param wanted node id to what is wanted of it
  public Subscription subscribe(
      String id, Map<String, SessionMessages.Subscribe> wanted, LogBroker.Sink sink)
      throws InterruptedException {
    List<String> missing = dispatcher.subscribe(wanted, sink);
    var cancels = new ArrayList<Runnable>();
    cancels.add(() -> dispatcher.unsubscribe(id));
    if (missing.isEmpty()) {
      return new Subscription(missing, () -> cancels.forEach(Runnable::run));
    }
    var elsewhere = new TreeMap<String, SessionMessages.Subscribe>();
    missing.forEach(
        node -> {
          SessionMessages.Subscribe request = wanted.get(node);
          if (request != null) {
            elsewhere.put(node, request);
          }
        });
    Set<String> found = ConcurrentHashMap.newKeySet();
    List<String> managers = otherManagers.get();
    var answers = new CountDownLatch(managers.size());
    for (String manager : managers) {
      cancels.add(
          client.logs(
              manager, new Messages.LogsRequest(elsewhere), new Remote(found, answers, sink)));
    }
    var _ =
        answers.await(
            ANSWER_SECONDS,
            TimeUnit.SECONDS); // who has not answered by then is told about as missing
    var still = new ArrayList<>(missing);
    still.removeAll(found);
    return new Subscription(still, () -> cancels.forEach(Runnable::run));
  }

  /// What another manager sends.
  private static final class Remote implements StreamObserver<Messages.LogsPart> {
    private final Set<String> found;
    private final CountDownLatch answers;
    private final LogBroker.Sink sink;
    private final Set<String> mine = new HashSet<>();
    private boolean answered;

    Remote(Set<String> found, CountDownLatch answers, LogBroker.Sink sink) {
      this.found = found;
      this.answers = answers;
      this.sink = sink;
    }

    /// Blocking is what holds the other manager back: this call carries nothing else.
    @Override
    public void onNext(Messages.LogsPart part) {
      if (!answered) {
        mine.addAll(part.serving());
        found.addAll(part.serving());
        answer();
        return;
      }
      SessionMessages.LogChunk chunk = part.chunk();
      if (chunk != null) {
        sink.awaitRoom();
        sink.accept(part.nodeId(), chunk, () -> {});
      } else {
        sink.ended(part.nodeId());
      }
    }

    private void answer() {
      if (!answered) {
        answered = true;
        answers.countDown();
      }
    }

    @Override
    public void onError(Throwable error) {
      answer();
      mine.forEach(sink::ended);
    }

    @Override
    public void onCompleted() {
      answer();
      mine.forEach(sink::ended);
    }
  }

  /// Answers another manager's request.
  public static void serve(
      Dispatcher dispatcher, Messages.LogsRequest request, StreamObserver<Messages.LogsPart> out) {
    var serving = new ArrayList<>(request.wanted().keySet());
    serving.removeIf(node -> dispatcher.sessionOf(node) == null);
    out.onNext(new Messages.LogsPart(serving, "", null));
    if (serving.isEmpty()) {
      out.onCompleted();
      return;
    }
    var mine = new TreeMap<>(request.wanted());
    mine.keySet().retainAll(serving);
    String id = mine.firstEntry().getValue().subscription();
    var forward = new Forward(out);
    if (out instanceof ServerCallStreamObserver<Messages.LogsPart> call) {
      call.setOnCancelHandler(() -> dispatcher.unsubscribe(id));
      call.setOnReadyHandler(forward::ready);
    }
    dispatcher.subscribe(mine, forward);
  }

  /// Passes on what agents send to the manager that asked. Agents that pause go on once it takes
  /// more.
  private static final class Forward implements LogBroker.Sink {
    private final StreamObserver<Messages.LogsPart> out;
    private final List<Runnable> waiting = new ArrayList<>(); // guarded by out

    Forward(StreamObserver<Messages.LogsPart> out) {
      this.out = out;
    }

    @Override
    public void accept(String nodeId, SessionMessages.LogChunk chunk, Runnable resume) {
      if (!chunk.pauses()) {
        send(new Messages.LogsPart(List.of(), nodeId, chunk));
        return;
      }
      synchronized (out) {
        waiting.add(resume);
      }
      ready();
    }

    void ready() {
      List<Runnable> all;
      synchronized (out) {
        if (out instanceof ServerCallStreamObserver<?> call && !call.isReady()) {
          return;
        }
        all = List.copyOf(waiting);
        waiting.clear();
      }
      all.forEach(Runnable::run);
    }

    @Override
    public void ended(String nodeId) {
      send(new Messages.LogsPart(List.of(), nodeId, null));
    }

    private void send(Messages.LogsPart part) {
      synchronized (out) {
        if (!(out instanceof ServerCallStreamObserver<?> call) || !call.isCancelled()) {
          out.onNext(part);
        }
      }
    }
  }
}
