package swarm.raft.engine;

import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/// One sealed command on its way into the log. It remembers whether it got there: until then a
/// failure surely had no effect, from then on nobody can say.
final class Proposal implements Message {
  private final ByteString sealed;
  private volatile boolean appended;

  Proposal(byte[] sealed) {
    this.sealed = UnsafeByteOperations.unsafeWrap(sealed);
  }

  @Override
  public ByteString getContent() {
    return sealed;
  }

  /// Called by Ratis' log right before it takes the entry.
  void markAppended() {
    appended = true;
  }

  boolean appended() {
    return appended;
  }

  @Override
  public String toString() {
    return "a sealed command of " + sealed.size() + " bytes";
  }
}
