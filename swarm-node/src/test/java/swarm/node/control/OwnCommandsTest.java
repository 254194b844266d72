package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OwnCommandsTest {
  private final OwnCommands own = new OwnCommands();

  private static byte[] command(int n) {
    return new byte[] {1, (byte) n};
  }

  private static OwnCommands.Applied at(long index) {
    return new OwnCommands.Applied(index, new byte[] {(byte) index});
  }

  @Test
  void whoExpectsACommandIsToldWhatBecameOfIt() {
    try (var one = own.expect(command(1));
        var other = own.expect(command(2))) {
      own.applied(command(1), at(7));
      own.applied(command(3), at(8));

      assertThat(one.applied().join().index()).isEqualTo(7);
      assertThat(other.applied()).isNotDone();
      assertThat(other.missed()).isFalse();
    }
  }

  @Test
  void equalCommandsAreToldOneByOne() {
    try (var first = own.expect(command(1));
        var second = own.expect(command(1))) {
      own.applied(command(1), at(7));
      assertThat(first.applied().join().index()).isEqualTo(7);
      assertThat(second.applied()).isNotDone();

      own.applied(command(1), at(8));
      assertThat(second.applied().join().index()).isEqualTo(8);
    }
  }

  @Test
  void whatWasAppliedBeforeIsNotMeant() {
    own.applied(command(1), at(6));
    try (var late = own.expect(command(1))) {
      assertThat(late.applied()).isNotDone();
    }
  }

  @Test
  void nobodyIsToldAfterItIsClosed() {
    var gone = own.expect(command(1));
    try (var stays = own.expect(command(1))) {
      gone.close();
      own.applied(command(1), at(7));

      assertThat(gone.applied()).isNotDone();
      assertThat(stays.applied().join().index()).isEqualTo(7);
    }
  }

  @Test
  void aSnapshotMayHaveHeldWhatIsExpected() {
    try (var before = own.expect(command(1))) {
      own.skipped();
      try (var after = own.expect(command(2))) {
        assertThat(before.missed()).isTrue();
        assertThat(after.missed()).isFalse();
      }
    }
  }
}
