package swarm.node.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One request and its answer. Confined to the thread that handles it, except [#onClientGone].
public interface Exchange {
  /// `GET`, `POST` ...
  String method();

  /// The path without the query, still escaped.
  String path();

  /// The query's parameters, unescaped, in order.
  Map<String, List<String>> query();

  /// The first value of a parameter of the query as the bytes that it is: no text, where it names a
  /// file that is none. Empty where the query lacks it.
  byte[] queryBytes(String name);

  /// A header of the request.
  Optional<String> header(String name);

  /// The request's body; reading it lets the client send more.
  InputStream body();

  /// Adds a header to the answer. Only before it began.
  void setHeader(String name, String value);

  /// Answers with a whole body.
  void respond(int status, String contentType, byte[] body) throws IOException;

  /// Answers with a body that is written bit by bit; each flush reaches the client. Writing blocks
  /// while the client is slow, and throws once it is gone.
  OutputStream stream(int status, String contentType) throws IOException;

  /// Whether an answer was begun.
  boolean answered();

  /// Takes the connection over (`101 UPGRADED` where the client asked for it, else `200`): raw
  /// bytes both ways from here.
  Duplex hijack(String contentType) throws IOException;

  /// Takes the connection over for another protocol that the client asked for in `Upgrade`.
  ///
  /// @param headers of the answer, beside those that name the protocol
  Duplex upgrade(String protocol, Map<String, String> headers) throws IOException;

  /// Runs `action` when the client closes the connection before the answer is complete; at once
  /// where it did already.
  void onClientGone(Runnable action);

  /// A connection that speaks HTTP no longer. `in` ends when the client half-closes.
  record Duplex(InputStream in, OutputStream out) {}
}
