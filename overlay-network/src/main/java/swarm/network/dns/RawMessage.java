package swarm.network.dns;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Where things are in a DNS message on the wire (RFC 1035, section 4), which is kept and passed on
/// as it came. Pure.
///
/// @param questionEnd offset behind the one question
/// @param records of all sections, in their order
record RawMessage(int questionEnd, List<Entry> records) {
  static final int HEADER_BYTES = 12;
  static final int FLAGS_AT = 2;
  static final int ADDITIONAL_COUNT_AT = 10;

  /// The parts of a message that hold records.
  enum Section {
    ANSWER,
    AUTHORITY,
    ADDITIONAL
  }

  /// A record.
  ///
  /// @param ttlAt offset of its four bytes of time to live
  /// @param dataAt offset of its data
  /// @param length of its data, bytes
  record Entry(Section section, int type, int dnsClass, int ttlAt, int dataAt, int length) {}

  /// @throws DnsFormatException where the message has not exactly one question, or ends within a
  ///   record
  static RawMessage of(byte[] message) throws DnsFormatException {
    if (message.length < HEADER_BYTES) {
      throw new DnsFormatException("a message of " + message.length + " bytes has no header");
    }
    ByteBuffer in = ByteBuffer.wrap(message).position(4);
    int questions = u16(in);
    if (questions != 1) {
      throw new DnsFormatException(questions + " questions in one message");
    }
    int answers = u16(in);
    int authorities = u16(in);
    int additional = u16(in);
    String _ = DnsName.read(in);
    int _ = u16(in);
    int _ = u16(in);
    int questionEnd = in.position();
    var records = new ArrayList<Entry>();
    read(Section.ANSWER, answers, in, records);
    read(Section.AUTHORITY, authorities, in, records);
    read(Section.ADDITIONAL, additional, in, records);
    return new RawMessage(questionEnd, List.copyOf(records));
  }

  private static void read(Section section, int count, ByteBuffer in, List<Entry> records)
      throws DnsFormatException {
    for (int i = 0; i < count; i++) {
      records.add(entry(section, in));
    }
  }

  private static Entry entry(Section section, ByteBuffer in) throws DnsFormatException {
    String _ = DnsName.read(in);
    int type = u16(in);
    int dnsClass = u16(in);
    int ttlAt = in.position();
    int _ = u16(in);
    int _ = u16(in);
    int length = u16(in);
    if (length > in.remaining()) {
      throw new DnsFormatException("a record of " + length + " bytes, of " + in.remaining());
    }
    int dataAt = in.position();
    in.position(dataAt + length);
    return new Entry(section, type, dnsClass, ttlAt, dataAt, length);
  }

  private static int u16(ByteBuffer in) throws DnsFormatException {
    if (in.remaining() < 2) {
      throw new DnsFormatException("the message ends within a number");
    }
    return in.getShort() & 0xffff;
  }
}
