package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WebSocketTest {
  /// The example of RFC 6455, section 1.3.
  @Test
  void theKeyIsAnswered() {
    assertThat(WebSocket.answer("dGhlIHNhbXBsZSBub25jZQ=="))
        .isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
}
