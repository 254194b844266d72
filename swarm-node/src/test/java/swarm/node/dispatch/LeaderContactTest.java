package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaderContactTest {
  private static final long BEGIN = -5; // such a clock begins anywhere
  private static final long LIMIT = LeaderContact.LIMIT.toNanos();

  private final LeaderContact contact = new LeaderContact(BEGIN);

  private void failing(long from, int times) {
    for (int i = 0; i < times; i++) {
      contact.attempted(false, from + TimeUnit.MILLISECONDS.toNanos(150) * i);
    }
  }

  @Test
  void aManagerThatBeginsHasTheWholeTime() {
    failing(BEGIN, 50);
    assertThat(contact.lost(BEGIN + LIMIT)).isFalse();
    assertThat(contact.lost(BEGIN + LIMIT + 1)).isTrue();
  }

  @Test
  void theTimeCountsFromTheLastContact() {
    long told = BEGIN + LIMIT;
    contact.attempted(true, told);
    failing(told, 50);
    assertThat(contact.lost(told + LIMIT)).isFalse();
    assertThat(contact.lost(told + LIMIT + 1)).isTrue();
  }

  @Test
  void whoDidNotRunHasLostNothing() {
    long later = BEGIN + 100 * LIMIT;
    assertThat(contact.lost(later)).as("nothing was tried").isFalse();
    failing(later, LeaderContact.ATTEMPTS - 1);
    assertThat(contact.lost(later)).as("too little was tried").isFalse();
    failing(later, 1);
    assertThat(contact.lost(later)).isTrue();
  }

  @Test
  void oneContactMakesItGood() {
    failing(BEGIN, 50);
    contact.attempted(true, BEGIN + 10 * LIMIT);
    assertThat(contact.lost(BEGIN + 10 * LIMIT)).isFalse();
    failing(BEGIN + 10 * LIMIT, LeaderContact.ATTEMPTS);
    assertThat(contact.lost(BEGIN + 11 * LIMIT)).isFalse();
  }
}
