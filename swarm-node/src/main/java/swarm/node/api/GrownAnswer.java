package swarm.node.api;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// An answer whose length shows while it is made: a short one is sent in one piece once it is
/// closed, so that what goes wrong before can still be told; a long one piece by piece, as fast as
/// the client reads. Not to be closed where something was thrown: what broke off must not look
/// whole.
final class GrownAnswer extends OutputStream {
  /// Sends an answer in one piece.
  @FunctionalInterface
  interface Whole {
    void send(byte[] answer) throws IOException;
  }

  /// Begins one that is sent piece by piece.
  @FunctionalInterface
  interface Pieces {
    OutputStream begin() throws IOException;
  }

  private final int most;
  private final Whole whole;
  private final Pieces pieces;
  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private @Nullable OutputStream stream;

  /// @param most bytes that are sent in one piece
  GrownAnswer(int most, Whole whole, Pieces pieces) {
    this.most = most;
    this.whole = whole;
    this.pieces = pieces;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    OutputStream open = stream;
    if (open == null && held.size() + length <= most) {
      held.write(bytes, offset, length);
      return;
    }
    if (open == null) {
      open = pieces.begin();
      stream = open;
      held.writeTo(open);
      held.reset();
    }
    open.write(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    OutputStream open = stream;
    if (open == null) {
      whole.send(held.toByteArray());
    } else {
      open.close();
    }
  }
}
