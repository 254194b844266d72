package swarm.runtime.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Servers that promise what they do not send.
@Timeout(60)
class UrlSourceTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Progress NOBODY = (_, _, _, _) -> {};

  private final ServerSocket server;
  private final CountDownLatch end = new CountDownLatch(1);

  UrlSourceTest() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  @AfterEach
  void close() throws IOException {
    end.countDown();
    server.close();
  }

  /// Answers each connection with these bytes, and hangs up, or stays silent.
  private void answer(String bytes, boolean stays) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!server.isClosed()) {
                try (Socket one = server.accept()) {
                  head(one.getInputStream());
                  OutputStream out = one.getOutputStream();
                  out.write(bytes.replace("|", "\r\n").getBytes(ISO_8859_1));
                  out.flush();
                  if (stays) {
                    end.await();
                  }
                } catch (IOException | InterruptedException _) {
                  // the client's end
                }
              }
            });
  }

  private static void head(InputStream in) throws IOException {
    int ends = 0;
    for (int c = in.read(); c >= 0 && ends < 2; c = ends < 2 ? in.read() : c) {
      ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getLocalPort() + path;
  }

  private String fetch(Duration firstByte, Duration stall)
      throws IOException, InterruptedException {
    try (UrlSource source = UrlSource.of(url("/d/file"), firstByte, stall);
        InputStream in = source.fetch(NOBODY, "Downloading").content()) {
      return new String(in.readAllBytes(), ISO_8859_1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HTTP/1.1 200 OK|Content-Length: 10||abc; broke off after 3 of 10 bytes: ",
        "HTTP/1.1 200 OK|Content-Length: 10||; broke off after 0 of 10 bytes: ",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|; broke off",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||9|abc; broke off",
        "HTTP/1.1 200 OK|Content-Le; Get \"http://127.0.0.1",
        "HTTP/1.1 404 Not Found|Content-Length: 0||; the server answered 404",
        "HTTP/1.1 500 Oops|Content-Length: 0||; the server answered 500",
        "HTTP/1.1 206 Partial|Content-Length: 1||a; the server answered 206",
        "HTTP/1.1 302 Found|Content-Length: 0|Location: file:///etc/passwd||;"
            + " answered 302 with the location 'file:///etc/passwd'",
        "HTTP/1.1 302 Found|Content-Length: 0||; : Invalid redirection",
        "no HTTP at all||; Get \"http://127.0.0.1",
        "; Get \"http://127.0.0.1",
      })
  void whatDoesNotComeIsAnErrorThatNamesTheUrl(String bytes, String why) {
    answer(bytes == null ? "" : bytes, false);
    assertThatThrownBy(() -> fetch(LONG, LONG))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(url("/d/file"))
        .hasMessageContaining(why);
  }

  @Test
  void aRedirectionWithoutEndEnds() {
    answer("HTTP/1.1 302 Found|Content-Length: 0|Location: " + url("/again") + "||", false);
    assertThatThrownBy(() -> fetch(LONG, LONG))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(url("/d/file"))
        .hasMessageMatching(".*(answered 302 with the location '.*/again'|Too many retries).*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "HTTP/1.1 200 OK|Content-Length: 10||abc; bytes: nothing came for 0.2 s",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked||3|abc|; broke off after 3 bytes: nothing came for 0.2 s",
        "HTTP/1.1 200 OK||abc; bytes: nothing came for 0.2 s",
      })
  void whatStandsStillIsGivenUp(String bytes, String why) {
    answer(bytes == null ? "" : bytes, true);
    assertThatThrownBy(() -> fetch(LONG, SHORT))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(url("/d/file"))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 200 OK|Content-Le"})
  void anAnswerThatDoesNotComeIsGivenUp(String bytes) {
    answer(bytes, true);
    assertThatThrownBy(() -> fetch(SHORT, LONG))
        .isInstanceOf(ImageException.class)
        .hasMessage("Get \"" + url("/d/file") + "\": request timed out");
  }

  @ParameterizedTest
  @CsvSource({
    "/d/file, '', file",
    "/, 'Content-Disposition: attachment; filename=\"a b\"|', a b",
    "/, 'Content-Disposition: attachment; filename=../../x|', x",
    "/, '', ''",
    "/caf%C3%A9, '', café",
  })
  void whatItIsCalled(String path, String header, String name) throws Exception {
    answer("HTTP/1.1 200 OK|" + header + "Content-Length: 0||", false);
    try (UrlSource source = UrlSource.of(url(path))) {
      assertThat(source.fetch(NOBODY, "Downloading").name()).isEqualTo(name);
    }
  }
}
