package swarm.node.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/// Bytes from another node that are not the message they should be.
final class UnreadableMessageException extends StatusRuntimeException {
  private static final long serialVersionUID = 1L;

  private final String why;

  UnreadableMessageException(String why, @Nullable Throwable cause) {
    super(Status.INVALID_ARGUMENT.withDescription(why).withCause(cause));
    this.why = why;
  }

  /// The reason alone: the exception's message names the status too.
  String why() {
    return why;
  }
}
