package swarm.chaos.client;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

/// One question for the IPv4 addresses of a name (RFC 1035), asked from the calling thread's
/// network namespace.
public final class DnsQuery {
  private static final int PORT = 53;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int HEADER = 12;
  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;
  private static final int MOST_BYTES = 1_232;

  private DnsQuery() {}

  /// Asks a name server.
  ///
  /// @return the addresses; none where there is no such name
  /// @throws IOException where no answer that can be read came within the limit
  public static Set<String> addresses(InetAddress server, String name, Duration limit)
      throws IOException {
    int id = ThreadLocalRandom.current().nextInt(1 << 16);
    byte[] question = question(id, name);
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout((int) limit.toMillis());
      socket.send(new DatagramPacket(question, question.length, server, PORT));
      var answer = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
      socket.receive(answer);
      ByteBuffer in = ByteBuffer.wrap(answer.getData(), 0, answer.getLength());
      if ((in.getShort(0) & 0xffff) != id) {
        throw new IOException("an answer to another question");
      }
      return read(in, question.length);
    } catch (IndexOutOfBoundsException | java.nio.BufferUnderflowException e) {
      throw new IOException("an answer that cannot be read", e);
    }
  }

  private static byte[] question(int id, String name) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    out.writeShort(id);
    out.writeShort(RECURSION_DESIRED);
    out.writeShort(1); // question
    out.write(new byte[HEADER - 6]); // no answers, authorities and additional ones
    for (String label : name.split("\\.")) {
      byte[] text = label.getBytes(StandardCharsets.US_ASCII);
      out.writeByte(text.length);
      out.write(text);
    }
    out.writeByte(0);
    out.writeShort(TYPE_A);
    out.writeShort(CLASS_IN);
    return bytes.toByteArray();
  }

  private static Set<String> read(ByteBuffer in, int answers) throws IOException {
    int count = in.getShort(6) & 0xffff;
    var all = new TreeSet<String>();
    in.position(answers);
    for (int i = 0; i < count; i++) {
      skipName(in);
      int type = in.getShort();
      in.position(in.position() + 6); // class and time to live
      byte[] data = new byte[in.getShort() & 0xffff];
      in.get(data);
      if (type == TYPE_A) {
        all.add(Inet4Address.getByAddress(data).getHostAddress());
      }
    }
    return all;
  }

  private static void skipName(ByteBuffer in) {
    int length = in.get() & 0xff;
    while (length != 0) {
      if (length >= 0xc0) { // the rest is told elsewhere
        in.get();
        return;
      }
      in.position(in.position() + length);
      length = in.get() & 0xff;
    }
  }
}
