package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Await;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Wire;

class StatusReporterTest {
  private final List<String> sent = new ArrayList<>();
  private final StatusReporter reporter =
      new StatusReporter(message -> sent.add(text((SessionMessages.Statuses) message)));

  /// `sequence: task=state ...`.
  private static String text(SessionMessages.Statuses message) {
    var all = new StringBuilder(message.sequence() + ":");
    message
        .observations()
        .forEach(o -> all.append(' ').append(o.taskId()).append('=').append(o.status().state()));
    return all.toString();
  }

  private static Task.Status status(TaskState state) {
    return new Task.Status(state, Instant.EPOCH, "", "", null);
  }

  private void report(String task, TaskState state) {
    reporter.report(task, status(state));
  }

  @Test
  void theFirstGoesAtOnceAndTheNextWaitForItsAcknowledgement() {
    report("a", TaskState.ACCEPTED);
    report("a", TaskState.PREPARING);
    report("b", TaskState.ACCEPTED);
    assertThat(sent).containsExactly("1: a=ACCEPTED");

    reporter.kept(1);
    assertThat(sent).containsExactly("1: a=ACCEPTED", "2: a=PREPARING b=ACCEPTED");

    reporter.kept(2);
    assertThat(sent).hasSize(2);
  }

  @Test
  void ofEachTaskOnlyTheNewestGoes() {
    report("x", TaskState.RUNNING);
    report("a", TaskState.STARTING);
    report("a", TaskState.RUNNING);
    report("a", TaskState.FAILED);
    reporter.kept(1);

    assertThat(sent).last().isEqualTo("2: a=FAILED");
  }

  @Test
  void acknowledgementsOfOtherMessagesCountForNothing() {
    report("a", TaskState.RUNNING);
    report("b", TaskState.RUNNING);
    reporter.kept(0);
    reporter.kept(7);
    reporter.kept(-1);

    assertThat(sent).containsExactly("1: a=RUNNING");
  }

  @Test
  void anAcknowledgementThatComesTwiceCountsOnce() {
    report("a", TaskState.RUNNING);
    report("b", TaskState.RUNNING);
    reporter.kept(1);
    reporter.kept(1);
    report("c", TaskState.RUNNING);
    assertThat(sent).containsExactly("1: a=RUNNING", "2: b=RUNNING");

    reporter.kept(2);
    assertThat(sent).last().isEqualTo("3: c=RUNNING");
  }

  @Test
  void aNewSessionHearsAgainWhatMayBeLost() {
    report("a", TaskState.STARTING);
    report("b", TaskState.RUNNING);
    report("a", TaskState.RUNNING);
    reporter.again();

    assertThat(sent).containsExactly("1: a=STARTING", "2: a=RUNNING b=RUNNING");
    reporter.kept(1);
    assertThat(sent).as("an old session's acknowledgement").hasSize(2);
    reporter.kept(2);
    reporter.again();
    assertThat(sent).as("nothing is left").hasSize(2);
  }

  @Test
  void whatDoesNotFitIntoAMessageGoesWithTheNext() throws Exception {
    var messages = new ArrayDeque<SessionMessages.Statuses>();
    var own = new StatusReporter(message -> messages.add((SessionMessages.Statuses) message));
    var failed = new Task.Status(TaskState.FAILED, Instant.EPOCH, "", "e".repeat(4_000), null);
    own.report("first", failed);
    var expected = new ArrayList<String>(List.of("first"));
    for (int i = 0; i < 2_000; i++) { // 8 MiB
      own.report("task" + i, failed);
      expected.add("task" + i);
    }
    var found = new ArrayList<String>();
    for (int turn = 0; !messages.isEmpty(); turn++) {
      SessionMessages.Statuses next = messages.remove();
      assertThat(messages).as("one is under way").isEmpty();
      assertThat(Wire.CBOR.writeValueAsBytes(next)).hasSizeLessThan(Pieces.MAX_BYTES + 1_000);
      next.observations().forEach(o -> found.add(o.taskId()));
      if (turn == 2) {
        own.again(); // it was not kept, and goes once more
        next = messages.remove();
        assertThat(
                found.removeIf(
                    next.observations().stream().map(o -> o.taskId()).toList()::contains))
            .isTrue();
        next.observations().forEach(o -> found.add(o.taskId()));
      }
      own.kept(next.sequence());
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void textThatNobodyReadsIsCut() {
    var messages = new ArrayList<SessionMessages.Statuses>();
    var own = new StatusReporter(message -> messages.add((SessionMessages.Statuses) message));
    own.report(
        "a",
        new Task.Status(
            TaskState.FAILED, Instant.EPOCH, "m".repeat(5_000), "e".repeat(4_096), null));

    Task.Status sent = messages.getFirst().observations().getFirst().status();
    assertThat(sent.message()).isEqualTo("m".repeat(4_070) + "... (cut: 5000 characters)");
    assertThat(sent.error()).isEqualTo("e".repeat(4_096));
  }

  @Test
  void nothingIsLostWhereManyReportAtOnce() throws Exception {
    var messages = new ConcurrentLinkedQueue<SessionMessages.Statuses>();
    var own = new StatusReporter(message -> messages.add((SessionMessages.Statuses) message));
    var done = new CountDownLatch(8);
    for (int t = 0; t < 8; t++) {
      int thread = t;
      Thread.ofVirtual()
          .start(
              () -> {
                for (int i = 0; i < 500; i++) {
                  own.report("task" + thread + "." + i % 20, status(TaskState.RUNNING));
                }
                own.report("task" + thread, status(TaskState.COMPLETE));
                done.countDown();
              });
    }
    var seen = new java.util.TreeSet<String>();
    Await.until(
        "every last status was sent",
        () -> {
          for (var m = messages.poll(); m != null; m = messages.poll()) {
            m.observations().stream()
                .filter(o -> o.status().state() == TaskState.COMPLETE)
                .forEach(o -> seen.add(o.taskId()));
            own.kept(m.sequence());
          }
          return seen.size() == 8;
        });
    done.await();
  }
}
