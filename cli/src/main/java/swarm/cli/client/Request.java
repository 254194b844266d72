package swarm.cli.client;

import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request as it goes out.
///
/// @param target path and query
/// @param headers beside Host, length and encoding
/// @param stream a body of unknown length, sent instead of `body`
record Request(
    String method,
    String target,
    Map<String, String> headers,
    byte[] body,
    @Nullable InputStream stream) {}
