package swarm.network.netlink;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import swarm.linux.NetlinkSocket;
import swarm.linux.NetworkNamespaces;

/// Sends requests to the kernel and tells which one failed and why. Requests of one call are
/// handled in order; the kernel works them off within the call. Thread-safe: calls take turns.
public final class NetlinkConnection implements AutoCloseable {
  private static final int HEADER_BYTES = 16;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int NLM_F_REQUEST = 1;
  private static final int NLM_F_ACK = 4;
  private static final int NLM_F_DUMP_INTR = 0x10;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;

  /// Bounds the answers that one datagram can cause, so that they fit the receive buffer.
  private static final int REQUESTS_PER_DATAGRAM = 256;

  private static final int DUMP_ATTEMPTS = 5;
  private static final Duration DUMP_PATIENCE = Duration.ofSeconds(5);

  private final NetlinkSocket socket;
  private final ReentrantLock turn = new ReentrantLock();
  private int sequence;

  private NetlinkConnection(NetlinkSocket socket) {
    this.socket = socket;
  }

  /// A connection in the calling thread's network namespace.
  public static NetlinkConnection open(int protocol) throws IOException {
    return new NetlinkConnection(NetlinkSocket.open(protocol));
  }

  /// A connection in another network namespace, usable from any thread.
  public static NetlinkConnection open(NetworkNamespaces.Handle netns, int protocol)
      throws IOException {
    return new NetlinkConnection(NetworkNamespaces.openNetlink(netns, protocol));
  }

  /// One message from the kernel, without its header.
  ///
  /// @param type the message type
  /// @param body header of the family, then attributes
  public record Message(int type, byte[] body) {}

  /// Sends the requests in order. Later ones are tried even when one fails.
  ///
  /// @throws NetlinkException the first failure that its request does not tolerate
  public void execute(List<Request> requests) throws IOException {
    turn.lock();
    try {
      Optional<NetlinkException> failure = Optional.empty();
      for (int from = 0; from < requests.size(); from += REQUESTS_PER_DATAGRAM) {
        int to = Math.min(requests.size(), from + REQUESTS_PER_DATAGRAM);
        Optional<NetlinkException> here = exchange(requests.subList(from, to));
        failure = failure.isPresent() ? failure : here;
      }
      if (failure.isPresent()) {
        throw failure.get();
      }
    } finally {
      turn.unlock();
    }
  }

  /// As [#execute(List)].
  public void execute(Request... requests) throws IOException {
    execute(List.of(requests));
  }

  /// Sends all requests as one datagram, as a transaction of nf_tables must be.
  ///
  /// @throws NetlinkException the first failure; then nothing was changed
  public void transact(List<Request> requests) throws IOException {
    turn.lock();
    try {
      Optional<NetlinkException> failure = exchange(requests);
      if (failure.isPresent()) {
        throw failure.get();
      }
    } finally {
      turn.unlock();
    }
  }

  private Optional<NetlinkException> exchange(List<Request> requests) throws IOException {
    int first = sequence + 1;
    sequence += requests.size();
    socket.send(encode(requests, first));
    NetlinkException failure = null;
    while (true) {
      Optional<byte[]> datagram = socket.receive(Duration.ZERO);
      if (datagram.isEmpty()) {
        return Optional.ofNullable(failure);
      }
      for (Answer answer : answers(datagram.get())) {
        int index = answer.sequence - first;
        if (answer.type != NLMSG_ERROR || index < 0 || index >= requests.size()) {
          continue;
        }
        int errno = -ByteBuffer.wrap(answer.body).order(ByteOrder.nativeOrder()).getInt();
        Request request = requests.get(index);
        if (errno != 0 && failure == null && !request.tolerated().contains(errno)) {
          failure = new NetlinkException(request.what(), errno, sentence(answer));
        }
      }
    }
  }

  /// Asks for objects: all that a dump request matches, or the one that a plain request names.
  ///
  /// @throws NetlinkException such as ENODEV where the named object is not there
  public List<Message> query(Request request) throws IOException {
    turn.lock();
    try {
      for (int attempt = 1; ; attempt++) {
        var messages = new ArrayList<Message>();
        if (collect(request, messages) || attempt == DUMP_ATTEMPTS) {
          return messages;
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /// Whether the answer is consistent: objects changed while they were listed otherwise.
  private boolean collect(Request request, List<Message> into) throws IOException {
    int mine = ++sequence;
    socket.send(encode(List.of(request), mine));
    boolean dump = (request.flags() & Request.DUMP) == Request.DUMP;
    boolean consistent = true;
    while (true) {
      byte[] datagram =
          socket
              .receive(DUMP_PATIENCE)
              .orElseThrow(
                  () ->
                      new IOException(
                          request.what() + ": no answer from the kernel in " + DUMP_PATIENCE));
      for (Answer answer : answers(datagram)) {
        if (answer.sequence != mine) {
          continue;
        }
        consistent &= (answer.flags & NLM_F_DUMP_INTR) == 0;
        int errno = answer.type == NLMSG_ERROR || answer.type == NLMSG_DONE ? errno(answer) : 0;
        if (errno != 0) {
          throw new NetlinkException(request.what(), errno, sentence(answer));
        }
        if (answer.type == NLMSG_DONE || answer.type == NLMSG_ERROR) {
          return consistent;
        }
        into.add(new Message(answer.type, answer.body));
      }
      if (!dump && !into.isEmpty()) {
        drain();
        return true;
      }
    }
  }

  private void drain() throws IOException {
    while (socket.receive(Duration.ZERO).isPresent()) {
      // the acknowledgement of a query that was already answered
    }
  }

  private static int errno(Answer answer) {
    return answer.body.length < 4
        ? 0
        : -ByteBuffer.wrap(answer.body).order(ByteOrder.nativeOrder()).getInt();
  }

  private record Answer(int type, int flags, int sequence, byte[] body) {}

  private static List<Answer> answers(byte[] datagram) {
    ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    var answers = new ArrayList<Answer>();
    int at = 0;
    while (at + HEADER_BYTES <= datagram.length) {
      int length = in.getInt(at);
      if (length < HEADER_BYTES || at + length > datagram.length) {
        throw new IllegalStateException("netlink message of " + length + " bytes at " + at);
      }
      answers.add(
          new Answer(
              in.getShort(at + 4) & 0xffff,
              in.getShort(at + 6) & 0xffff,
              in.getInt(at + 8),
              Arrays.copyOfRange(datagram, at + HEADER_BYTES, at + length)));
      at += length + 3 & ~3;
    }
    return answers;
  }

  /// The kernel's own words about the failure (NETLINK_EXT_ACK), or nothing.
  private static String sentence(Answer answer) {
    int attributes = 4 + HEADER_BYTES;
    if ((answer.flags & NLM_F_ACK_TLVS) == 0 || answer.body.length <= attributes) {
      return "";
    }
    return Attributes.parse(answer.body, attributes).text(NLMSGERR_ATTR_MSG).orElse("");
  }

  private static byte[] encode(List<Request> requests, int firstSequence) {
    int size = 0;
    for (Request request : requests) {
      size += HEADER_BYTES + (request.body().length + 3 & ~3);
    }
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    int next = firstSequence;
    for (Request request : requests) {
      int start = out.position();
      int ack = (request.flags() & Request.DUMP) == Request.DUMP ? 0 : NLM_F_ACK;
      out.putInt(HEADER_BYTES + request.body().length)
          .putShort((short) request.type())
          .putShort((short) (request.flags() | NLM_F_REQUEST | ack))
          .putInt(next++)
          .putInt(0)
          .put(request.body())
          .position(start + HEADER_BYTES + (request.body().length + 3 & ~3));
    }
    return out.array();
  }

  /// The number by which the kernel knows this connection, and tells others whose a change was.
  public int port() throws IOException {
    return socket.port();
  }

  @Override
  public void close() {
    socket.close();
  }
}
