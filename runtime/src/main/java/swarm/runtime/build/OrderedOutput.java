package swarm.runtime.build;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import swarm.runtime.container.EngineException;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.image.Progress;

/// What stages say that are built at once, told one stage after the other. What is said before its
/// turn is remembered up to a bound of all stages together; who says more waits. So many of their
/// steps are made at once, and those of the stage whose turn it is: who waits for it to have spoken
/// must not keep it from its next step. Thread-safe.
final class OrderedOutput {
  /// Characters, those of the record of each thing said counted in.
  static final int MOST = 2 * 1024 * 1024;

  /// What it takes to remember something, in characters.
  private static final int EACH = 100;

  /// A build with a thousand stages must not have as many containers.
  private static final int STEPS_AT_ONCE = 16;

  private final BuildOutput to;
  private final List<Integer> order;
  private final Map<Integer, Deque<Said>> waiting = new HashMap<>();
  private final Set<Integer> done = new HashSet<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private int turn; // of `order`
  private int held; // in characters
  private int steps; // that are being made
  private boolean closed;

  private record Said(Consumer<BuildOutput> what, int size) {}

  /// @param stages in the order in which they are told
  OrderedOutput(BuildOutput to, SortedSet<Integer> stages) {
    this.to = to;
    this.order = List.copyOf(stages);
    order.forEach(stage -> waiting.put(stage, new ArrayDeque<>()));
  }

  /// What a stage speaks to. One that was not known of beforehand speaks at once.
  Part of(int stage) {
    return new Part(stage);
  }

  private boolean isTurn(int stage) {
    return !waiting.containsKey(stage) || (turn < order.size() && order.get(turn) == stage);
  }

  private void say(int stage, int length, Consumer<BuildOutput> what) {
    var said = new Said(what, length + EACH);
    lock.lock();
    try {
      while (!isTurn(stage) && held + said.size() > MOST && !closed) {
        moved.awaitUninterruptibly();
      }
      if (isTurn(stage)) {
        what.accept(to);
      } else if (!closed) {
        waiting.getOrDefault(stage, new ArrayDeque<>()).add(said);
        held += said.size();
      }
    } finally {
      lock.unlock();
    }
  }

  /// A stage has said all that it will: once it is its turn, the next one's comes.
  void end(int stage) {
    lock.lock();
    try {
      done.add(stage);
      while (turn < order.size() && done.contains(order.get(turn))) {
        turn++;
        tellWaiting();
      }
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody is waited for any more: the build failed.
  void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void enter(int stage) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (steps >= STEPS_AT_ONCE && !isTurn(stage)) {
        moved.await();
      }
      steps++;
    } finally {
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      steps--;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void tellWaiting() {
    if (turn < order.size()) {
      Deque<Said> queue = waiting.getOrDefault(order.get(turn), new ArrayDeque<>());
      while (!queue.isEmpty()) {
        Said next = queue.poll();
        held -= next.size();
        next.what().accept(to);
      }
    }
  }

  /// The making of one step.
  @FunctionalInterface
  interface Work<T> {
    T make() throws IOException, EngineException, InterruptedException, DockerfileException;
  }

  /// One stage's.
  final class Part implements BuildOutput {
    private final int stage;

    Part(int stage) {
      this.stage = stage;
    }

    /// Makes what a step asks for, when few enough others are being made.
    <T> T make(Work<T> work)
        throws IOException, EngineException, InterruptedException, DockerfileException {
      enter(stage);
      try {
        return work.make();
      } finally {
        leave();
      }
    }

    @Override
    public void text(String text) {
      say(stage, text.length(), out -> out.text(text));
    }

    @Override
    public void error(String text) {
      say(stage, text.length(), out -> out.error(text));
    }

    @Override
    public void image(String id) {
      say(stage, id.length(), out -> out.image(id));
    }

    /// How far something is interests while it is so: it is not remembered.
    @Override
    public Progress progress() {
      return (id, status, now, total) -> {
        lock.lock();
        try {
          if (isTurn(stage)) {
            to.progress().report(id, status, now, total);
          }
        } finally {
          lock.unlock();
        }
      };
    }
  }
}
