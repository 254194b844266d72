package swarm.node.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskWorkTest {
  private final List<String> told = new ArrayList<>();
  private int steps;

  private static int deep(int n) {
    return n < 0 ? n : deep(n + 1) + 1;
  }

  private boolean tell(Throwable what) {
    told.add(what.getClass().getSimpleName());
    return steps < 3;
  }

  private static boolean breaks(String how) {
    switch (how) {
      case "stack" -> throw new AssertionError("not reached: " + deep(0));
      case "assertion" -> throw new AssertionError("an invariant");
      case "class" -> throw new NoClassDefFoundError("x");
      case "argument" -> throw new IllegalArgumentException("x");
      default -> throw new OutOfMemoryError("x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stack", "assertion", "class", "argument"})
  void whatBreaksIsToldAndTheWorkGoesOn(String how) throws Exception {
    TaskWork.run(
        () -> breaks(how),
        () -> {
          steps++;
          return steps < 3 || breaks(how);
        },
        this::tell);

    assertThat(steps).isEqualTo(3);
    assertThat(told).hasSize(2);
  }

  @Test
  void aBrokenMachineIsToldAndEndsIt() {
    assertThatThrownBy(() -> TaskWork.run(() -> breaks("memory"), () -> true, this::tell))
        .isInstanceOf(OutOfMemoryError.class);
    assertThat(told).containsExactly("OutOfMemoryError");
  }
}
