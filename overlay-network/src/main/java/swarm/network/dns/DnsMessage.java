package swarm.network.dns;

import java.net.Inet4Address;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import swarm.network.netlink.Ipv4;

/// A DNS message (RFC 1035, section 4), as far as this program reads and writes it. Pure.
///
/// @param id 16 bits that pair an answer with its question
/// @param flags 16 bits; see the constants
/// @param question exactly one
/// @param answers of the answer section; what stands behind it is not read
public record DnsMessage(int id, int flags, Question question, List<Answer> answers) {
  /// Room for every message over TCP.
  public static final int MAX_BYTES = 65_535;

  /// Room for an answer over UDP without EDNS.
  public static final int MAX_UDP_BYTES = 512;

  public static final int TYPE_A = 1;
  public static final int TYPE_PTR = 12;
  public static final int TYPE_AAAA = 28;
  public static final int CLASS_IN = 1;

  public static final int NO_ERROR = 0;
  public static final int SERVER_FAILURE = 2;
  public static final int NO_SUCH_NAME = 3;

  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int TRUNCATED = 0x0200;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int HEADER_BYTES = 12;
  private static final int QUESTION_POINTER = 0xc000 | HEADER_BYTES;

  /// @param name without a dot at its end, in the asker's case
  public record Question(String name, int type, int dnsClass) {
    /// Whether both ask the same (names' case aside).
    public boolean matches(Question other) {
      return type == other.type
          && dnsClass == other.dnsClass
          && DnsName.canonical(name).equals(DnsName.canonical(other.name));
    }
  }

  /// One record.
  ///
  /// @param ttl seconds
  public record Answer(String name, int ttl, Data data) {}

  /// What a record holds.
  public sealed interface Data {
    /// An IPv4 address.
    record Address(Inet4Address address) implements Data {}

    /// The name of an address.
    record Pointer(String name) implements Data {}

    /// Anything else, which is only read.
    record Other(int type) implements Data {}
  }

  public DnsMessage {
    answers = List.copyOf(answers);
  }

  public boolean isResponse() {
    return (flags & RESPONSE) != 0;
  }

  /// Whether it is an ordinary question.
  public boolean isQuery() {
    return !isResponse() && (flags & OPCODE) == 0;
  }

  public boolean isTruncated() {
    return (flags & TRUNCATED) != 0;
  }

  /// One of RFC 1035's, such as [#NO_ERROR].
  public int responseCode() {
    return flags & 0xf;
  }

  /// An answer to this question.
  public DnsMessage answer(int responseCode, List<Answer> records) {
    int head = RESPONSE | RECURSION_AVAILABLE | (flags & RECURSION_DESIRED) | responseCode;
    return new DnsMessage(id, head, question, records);
  }

  /// Reads a message.
  ///
  /// @throws DnsFormatException where it is none, or has not exactly one question
  public static DnsMessage decode(byte[] bytes) throws DnsFormatException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER_BYTES) {
      throw new DnsFormatException("a message of " + bytes.length + " bytes has no header");
    }
    int id = in.getShort() & 0xffff;
    int flags = in.getShort() & 0xffff;
    int questions = in.getShort() & 0xffff;
    int answers = in.getShort() & 0xffff;
    if (questions != 1) {
      throw new DnsFormatException(questions + " questions in one message");
    }
    in.position(HEADER_BYTES);
    var question = new Question(DnsName.read(in), u16(in), u16(in));
    var records = new ArrayList<Answer>();
    for (int i = 0; i < answers; i++) {
      records.add(record(in));
    }
    return new DnsMessage(id, flags, question, records);
  }

  private static Answer record(ByteBuffer in) throws DnsFormatException {
    String name = DnsName.read(in);
    int type = u16(in);
    int dnsClass = u16(in);
    int ttl = u16(in) << 16 | u16(in);
    int length = u16(in);
    if (length > in.remaining()) {
      throw new DnsFormatException("a record of " + length + " bytes, of " + in.remaining());
    }
    int end = in.position() + length;
    Data data = new Data.Other(type);
    if (dnsClass == CLASS_IN && type == TYPE_A && length == 4) {
      data = new Data.Address(Ipv4.of(in.getInt()));
    } else if (dnsClass == CLASS_IN && type == TYPE_PTR) {
      data = new Data.Pointer(DnsName.read(in));
    }
    in.position(end);
    return new Answer(name, ttl, data);
  }

  private static int u16(ByteBuffer in) throws DnsFormatException {
    if (in.remaining() < 2) {
      throw new DnsFormatException("the message ends within a number");
    }
    return in.getShort() & 0xffff;
  }

  /// Writes the message; without its answers and marked as truncated where it would be longer.
  ///
  /// @param limit bytes
  /// @throws DnsFormatException where a name cannot be written
  public byte[] encode(int limit) throws DnsFormatException {
    ByteBuffer out = ByteBuffer.allocate(limit);
    try {
      write(out, flags, answers);
    } catch (BufferOverflowException e) {
      out.clear();
      write(out, flags | TRUNCATED, List.of());
    }
    var bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private void write(ByteBuffer out, int head, List<Answer> records) throws DnsFormatException {
    out.putShort((short) id).putShort((short) head).putShort((short) 1);
    out.putShort((short) records.size()).putInt(0);
    DnsName.write(out, question.name());
    out.putShort((short) question.type()).putShort((short) question.dnsClass());
    for (Answer record : records) {
      if (record.name().equals(question.name())) {
        out.putShort((short) QUESTION_POINTER);
      } else {
        DnsName.write(out, record.name());
      }
      switch (record.data()) {
        case Data.Address(Inet4Address address) -> {
          out.putShort((short) TYPE_A).putShort((short) CLASS_IN).putInt(record.ttl());
          out.putShort((short) 4).put(address.getAddress());
        }
        case Data.Pointer(String name) -> {
          out.putShort((short) TYPE_PTR).putShort((short) CLASS_IN).putInt(record.ttl());
          int length = out.position();
          out.putShort((short) 0);
          DnsName.write(out, name);
          out.putShort(length, (short) (out.position() - length - 2));
        }
        case Data.Other(int type) ->
            throw new DnsFormatException("records of type " + type + " are not written");
      }
    }
  }
}
