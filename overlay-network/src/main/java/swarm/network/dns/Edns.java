package swarm.network.dns;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What an asker says of itself by EDNS (RFC 6891). Pure.
///
/// @param bytes of the longest answer that it takes over UDP
/// @param version 0, or one that nobody knows yet
/// @param dnssec whether it wants signatures
/// @param options whether it says more, which an answer may depend on
record Edns(int bytes, int version, boolean dnssec, boolean options) {
  static final int TYPE = 41;

  /// Bytes that [#in] adds.
  static final int RECORD_BYTES = 11;

  /// We offer no more: all of it is on one host, but the asker's buffer may be small.
  private static final int MOST_BYTES = 4_096;

  private static final int DNSSEC_OK = 0x8000;

  /// What a question says; empty where it does not know EDNS.
  ///
  /// @throws DnsFormatException where the message cannot be read, or says it twice
  static Optional<Edns> of(byte[] query) throws DnsFormatException {
    List<RawMessage.Entry> found =
        RawMessage.of(query).records().stream()
            .filter(entry -> entry.section() == RawMessage.Section.ADDITIONAL)
            .filter(entry -> entry.type() == TYPE)
            .toList();
    if (found.size() > 1) {
      throw new DnsFormatException(found.size() + " OPT records in one question");
    }
    return found.stream()
        .findFirst()
        .map(
            opt -> {
              int flags = ByteBuffer.wrap(query).getInt(opt.ttlAt());
              return new Edns(
                  opt.dnsClass(), flags >>> 16 & 0xff, (flags & DNSSEC_OK) != 0, opt.length() > 0);
            });
  }

  /// How long an answer over UDP may be, all in all.
  int limit() {
    return Math.clamp(bytes, DnsMessage.MAX_UDP_BYTES, MOST_BYTES);
  }

  /// An answer of ours with our own word on EDNS, which whoever uses it must get.
  ///
  /// @param extendedCode upper eight bits of the response code
  byte[] in(byte[] answer, int extendedCode) {
    ByteBuffer out = ByteBuffer.wrap(Arrays.copyOf(answer, answer.length + RECORD_BYTES));
    int at = RawMessage.ADDITIONAL_COUNT_AT;
    out.putShort(at, (short) (out.getShort(at) + 1)).position(answer.length);
    out.put((byte) 0).putShort((short) TYPE).putShort((short) MOST_BYTES);
    out.putInt(extendedCode << 24).putShort((short) 0);
    return out.array();
  }
}
