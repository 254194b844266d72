package swarm.node.agent;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.scheduler.model.TaskState;

/// What is wanted of one task, by the managers and by this daemon. Any thread gives orders and does
/// not wait; the task's runner alone waits for news here. Thread-safe.
final class TaskOrders {
  private static final Logger LOG = LoggerFactory.getLogger(TaskOrders.class);

  private final String taskId;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by lock
  private TaskState desired;
  private boolean forgotten;
  private boolean stopped;

  private volatile String lastWords = "";

  /// As they were at one moment.
  ///
  /// @param stopped whether the daemon stops
  record Now(TaskState desired, boolean forgotten, boolean stopped) {}

  TaskOrders(String taskId, TaskState desired) {
    this.taskId = taskId;
    this.desired = desired;
  }

  /// The managers want something else of the task; they never go back.
  void desire(TaskState next) {
    lock.lock();
    try {
      desired = next.compareTo(desired) > 0 ? next : desired;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// No manager was reached for longer than the service allows: the task ends, as if it were told
  /// to.
  void cutOff(String why) {
    lock.lock();
    try {
      if (desired.compareTo(TaskState.SHUTDOWN) < 0) {
        LOG.warn("task {} is {}", taskId, why);
        lastWords = why;
        desired = TaskState.SHUTDOWN;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The managers forgot the task: so must this node, with its container.
  void forget() {
    lock.lock();
    try {
      forgotten = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The daemon stops: the container runs on.
  void stop() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Something else than an order has changed; whoever waits looks again.
  void look() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  Now now() {
    lock.lock();
    try {
      return new Now(desired, forgotten, stopped);
    } finally {
      lock.unlock();
    }
  }

  /// Why the task was cut off; empty where it was not.
  String lastWords() {
    return lastWords;
  }

  /// Waits until something else than `before` is wanted.
  void awaitOther(TaskState before) throws InterruptedException {
    lock.lock();
    try {
      while (desired == before && !forgotten && !stopped) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the managers have forgotten the task.
  void awaitForgotten() throws InterruptedException {
    lock.lock();
    try {
      while (!forgotten && !stopped) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Waits until there is something to do, or something else is wanted than that the task runs.
  ///
  /// @param quiet whether there is nothing to do; asked under the lock, so that no news is missed
  /// @return whether it is still to run
  boolean awaitNews(BooleanSupplier quiet) throws InterruptedException {
    lock.lock();
    try {
      while (!forgotten && !stopped && desired == TaskState.RUNNING && quiet.getAsBoolean()) {
        changed.await();
      }
      return !stopped && !forgotten && desired == TaskState.RUNNING;
    } finally {
      lock.unlock();
    }
  }
}
