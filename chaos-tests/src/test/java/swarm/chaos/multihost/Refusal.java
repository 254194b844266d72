package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import swarm.chaos.client.ApiException;

/// Checks that a daemon refuses a call.
final class Refusal {
  private Refusal() {}

  static void refused(int status, ThrowingCallable call) {
    refused(status, status, "", call);
  }

  static void refused(int status, String text, ThrowingCallable call) {
    refused(status, status, text, call);
  }

  /// @param text what the daemon's message must contain
  static void refused(int lowest, int highest, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(text)
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status()).isBetween(lowest, highest));
  }
}
