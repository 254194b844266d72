package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusException;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.JoinToken;

@Timeout(60)
class CallFailuresTest {
  private static final String ADDRESS = "192.0.2.1:2377";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static Throwable wrapped(Throwable cause) {
    return new IOException("io exception", cause);
  }

  static Stream<Arguments> causes() {
    return Stream.of(
        Arguments.of(
            wrapped(new ConnectException("finishConnect(..) failed: Connection refused: /x:1")),
            "connection refused"),
        Arguments.of(
            wrapped(new ConnectTimeoutException("connection timed out after 1000 ms: /x:1")),
            "the connection timed out"),
        Arguments.of(
            new IOException("recvAddress(..) failed with error(-110): Connection timed out"),
            "the connection timed out"),
        Arguments.of(new NoRouteToHostException("No route to host: /x:1"), "no route to host"),
        Arguments.of(
            new ConnectException("connect(..) failed: Network is unreachable: /x:1"),
            "the network is unreachable"),
        Arguments.of(
            new IOException("recvAddress(..) failed with error(-104): Connection reset by peer"),
            "the connection was reset"),
        Arguments.of(wrapped(new UnknownHostException("x")), "no host of that name is known"),
        Arguments.of(
            wrapped(
                new SSLHandshakeException("General OpenSslEngine problem")
                    .initCause(new CertificateException("it expired"))),
            "its certificate is refused: it expired"),
        Arguments.of(
            new SSLHandshakeException("handshake failure"),
            "it does not take up TLS as a manager does: handshake failure"),
        Arguments.of(wrapped(new ClosedChannelException()), "ClosedChannelException"));
  }

  static Stream<Arguments> beginnings() {
    return Stream.of(
        Arguments.of(wrapped(new ConnectException("Connection refused: /x:1")), true),
        Arguments.of(wrapped(new ConnectTimeoutException("timed out after 1000 ms: /x:1")), true),
        Arguments.of(new NoRouteToHostException("No route to host: /x:1"), true),
        Arguments.of(new IOException("recvAddress(..) failed: Connection reset by peer"), false),
        Arguments.of(new IOException("recvAddress(..) failed: Connection timed out"), false),
        Arguments.of(new ClosedChannelException(), false));
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void whatMetNoConnectionWasNeverSent(Throwable cause, boolean neverSent) {
    assertThat(CallFailures.neverSent(Status.UNAVAILABLE.withCause(cause).asException()))
        .isEqualTo(neverSent);
  }

  @Test
  void whatAManagerAnsweredWasSent() {
    assertThat(CallFailures.neverSent(Status.UNAVAILABLE.asException())).isFalse();
    assertThat(
            CallFailures.neverSent(
                Status.DEADLINE_EXCEEDED.withCause(new ConnectException()).asException()))
        .isFalse();
  }

  @ParameterizedTest
  @MethodSource("causes")
  void theManagerAndTheRealCauseAreNamed(Throwable cause, String words) {
    Status told =
        CallFailures.explain(
            ADDRESS, Status.UNAVAILABLE.withDescription("io exception").withCause(cause), LIMIT);
    assertThat(told.getDescription())
        .isEqualTo("manager " + ADDRESS + " cannot be reached: " + words);
    assertThat(told.getCause()).isSameAs(cause);
  }

  @Test
  void whatTheManagerItselfSaysIsKept() {
    assertThat(
            CallFailures.explain(ADDRESS, Status.UNAVAILABLE.withDescription("no leader"), LIMIT)
                .getDescription())
        .isEqualTo("manager " + ADDRESS + ": no leader");
    Status refused = Status.PERMISSION_DENIED.withDescription("only managers may");
    assertThat(CallFailures.explain(ADDRESS, refused, LIMIT)).isSameAs(refused);
  }

  @Test
  void silenceIsToldWithItsLimit() {
    assertThat(
            CallFailures.explain(
                    ADDRESS, Status.DEADLINE_EXCEEDED.withDescription("CallOptions ..."), LIMIT)
                .getDescription())
        .isEqualTo("manager " + ADDRESS + " did not answer within 10 s");
  }

  private static void join(int port) throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    var token = JoinToken.of(ca.certificate(), "0".repeat(25));
    try (var loops = new EventLoops()) {
      var _ = ClusterClient.join("127.0.0.1:" + port, token, new byte[0], "192.0.2.7", null, loops);
    }
  }

  @Test
  void aPortWhereNobodyListens() throws Exception {
    int port;
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(() -> join(port))
        .isInstanceOf(StatusException.class)
        .hasMessage(
            "UNAVAILABLE: manager 127.0.0.1:" + port + " cannot be reached: connection refused");
  }

  @Test
  void aPortWhereSomebodyElseListens() throws Exception {
    try (var other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                try (var caller = other.accept()) {
                  caller
                      .getOutputStream()
                      .write("SSH-2.0-x\r\n".getBytes(StandardCharsets.US_ASCII));
                  caller.getInputStream().readAllBytes();
                } catch (IOException _) {
                  // the caller has gone
                }
              });
      var failure = catchThrowableOfType(StatusException.class, () -> join(other.getLocalPort()));
      assertThat(CallFailures.reason(Objects.requireNonNull(failure)))
          .startsWith(
              "manager 127.0.0.1:"
                  + other.getLocalPort()
                  + " cannot be reached: it does not take up TLS as a manager does: ");
    }
  }
}
