package swarm.network.gossip;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Packets as bytes. Pure. Whatever the bytes, reading them neither throws nor holds more than a
/// few times their length.
public final class PacketCodec {
  /// The most bytes of a packet before it is sealed: a datagram of 1,400 with the seal's share.
  public static final int MAX_BYTES = 1_340;

  private static final byte FORMAT = 1;

  /// With notices, which builds that know only the first format do not read.
  private static final byte WITH_NOTICES = 2;

  private static final int MOST = 255; // of messages, and of updates
  private static final int COUNTS = 3; // format and the two counts

  private PacketCodec() {}

  /// The bytes of a packet without messages and updates.
  static int emptySize(String sender) {
    return COUNTS + size(sender);
  }

  private static int size(String text) {
    return 1 + text.getBytes(StandardCharsets.UTF_8).length;
  }

  static int size(Message message) {
    return switch (message) {
      case Message.Ping _, Message.Ack _, Message.Nack _ -> 9;
      case Message.PingRequest request -> 9 + size(request.target());
      case Message.Digest digest -> {
        int size = 3;
        for (Message.Entry entry : digest.entries()) {
          size += size(entry);
        }
        yield size;
      }
    };
  }

  static int size(Message.Entry entry) {
    return size(entry.id()) + 9;
  }

  static int size(Update update) {
    int size = 1 + size(update.subject()) + 8 + 1 + update.signature().length;
    return update instanceof Update.Accusation accusation
        ? size + size(accusation.observer()) + 8
        : size;
  }

  static int size(Notice notice) {
    int size = size(notice.subject()) + 8 + 1 + 1 + notice.signature().length;
    for (String id : notice.ended()) {
      size += size(id);
    }
    return size;
  }

  /// Writes a packet.
  ///
  /// @throws IllegalArgumentException where it is too large: its maker must have counted
  public static byte[] encode(Packet packet) {
    int size = emptySize(packet.sender());
    size += packet.messages().stream().mapToInt(PacketCodec::size).sum();
    size += packet.updates().stream().mapToInt(PacketCodec::size).sum();
    List<Notice> notices = packet.notices();
    if (!notices.isEmpty()) {
      size += 1 + notices.stream().mapToInt(PacketCodec::size).sum();
    }
    if (size > MAX_BYTES
        || packet.messages().size() > MOST
        || packet.updates().size() > MOST
        || notices.size() > MOST
        || notices.stream().anyMatch(notice -> notice.ended().size() > Notice.MOST_ENDED)) {
      throw new IllegalArgumentException(
          "a packet of " + size + " bytes; at most " + MAX_BYTES + " fit");
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(notices.isEmpty() ? FORMAT : WITH_NOTICES);
    put(out, packet.sender());
    out.put((byte) packet.messages().size());
    packet.messages().forEach(message -> put(out, message));
    out.put((byte) packet.updates().size());
    packet.updates().forEach(update -> put(out, update));
    if (!notices.isEmpty()) {
      out.put((byte) notices.size());
      notices.forEach(notice -> put(out, notice));
    }
    return out.array();
  }

  private static void put(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.put((byte) bytes.length).put(bytes);
  }

  private static void put(ByteBuffer out, Notice notice) {
    put(out, notice.subject());
    out.putLong(notice.serial()).put((byte) notice.ended().size());
    notice.ended().forEach(id -> put(out, id));
    out.put((byte) notice.signature().length).put(notice.signature());
  }

  private static void put(ByteBuffer out, Message message) {
    switch (message) {
      case Message.Ping ping -> out.put((byte) 1).putLong(ping.nonce());
      case Message.PingRequest request -> {
        out.put((byte) 2).putLong(request.nonce());
        put(out, request.target());
      }
      case Message.Ack ack -> out.put((byte) 3).putLong(ack.nonce());
      case Message.Nack nack -> out.put((byte) 4).putLong(nack.nonce());
      case Message.Digest digest -> {
        out.put((byte) 5).put((byte) (digest.answer() ? 1 : 0));
        out.put((byte) digest.entries().size());
        for (Message.Entry entry : digest.entries()) {
          put(out, entry.id());
          out.putLong(entry.incarnation()).put(code(entry.standing()));
        }
      }
    }
  }

  private static void put(ByteBuffer out, Update update) {
    out.put(
        (byte)
            switch (update) {
              case Update.Alive _ -> 1;
              case Update.Left _ -> 2;
              case Update.Accusation _ -> 3;
            });
    put(out, update.subject());
    out.putLong(update.incarnation());
    if (update instanceof Update.Accusation accusation) {
      put(out, accusation.observer());
      out.putLong(accusation.serial());
    }
    out.put((byte) update.signature().length).put(update.signature());
  }

  /// Reads a packet; empty where the bytes are none.
  public static Optional<Packet> decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      byte format = in.get();
      if (format != FORMAT && format != WITH_NOTICES) {
        return Optional.empty();
      }
      String sender = text(in);
      var messages = new ArrayList<Message>();
      for (int left = in.get() & 0xff; left > 0; left--) {
        messages.add(message(in));
      }
      var updates = new ArrayList<Update>();
      for (int left = in.get() & 0xff; left > 0; left--) {
        updates.add(update(in));
      }
      List<Notice> notices = format == WITH_NOTICES ? notices(in) : List.of();
      return in.hasRemaining()
          ? Optional.empty()
          : Optional.of(new Packet(sender, List.copyOf(messages), List.copyOf(updates), notices));
    } catch (BufferUnderflowException | Malformed _) {
      return Optional.empty(); // not written by us, or by a version that says more
    }
  }

  private static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed() {
      super("malformed", null, false, false);
    }
  }

  private static String text(ByteBuffer in) throws Malformed {
    int length = in.get() & 0xff;
    if (length == 0 || length > Member.MAX_ID) {
      throw new Malformed();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.getBytes(StandardCharsets.UTF_8).length != length) {
      throw new Malformed(); // not UTF-8: what is read must be what can be written
    }
    return text;
  }

  private static Message message(ByteBuffer in) throws Malformed {
    return switch (in.get()) {
      case 1 -> new Message.Ping(in.getLong());
      case 2 -> new Message.PingRequest(in.getLong(), text(in));
      case 3 -> new Message.Ack(in.getLong());
      case 4 -> new Message.Nack(in.getLong());
      case 5 -> {
        boolean answer = in.get() != 0;
        var entries = new ArrayList<Message.Entry>();
        for (int left = in.get() & 0xff; left > 0; left--) {
          entries.add(new Message.Entry(text(in), in.getLong(), standing(in.get())));
        }
        yield new Message.Digest(answer, List.copyOf(entries));
      }
      default -> throw new Malformed();
    };
  }

  private static byte code(Standing standing) {
    return switch (standing) {
      case ALIVE -> 0;
      case SUSPECT -> 1;
      case DEAD -> 2;
      case LEFT -> 3;
    };
  }

  private static Standing standing(byte code) throws Malformed {
    return switch (code) {
      case 0 -> Standing.ALIVE;
      case 1 -> Standing.SUSPECT;
      case 2 -> Standing.DEAD;
      case 3 -> Standing.LEFT;
      default -> throw new Malformed();
    };
  }

  private static Update update(ByteBuffer in) throws Malformed {
    byte kind = in.get();
    String subject = text(in);
    long incarnation = in.getLong();
    return switch (kind) {
      case 1 -> new Update.Alive(subject, incarnation, signature(in));
      case 2 -> new Update.Left(subject, incarnation, signature(in));
      case 3 -> new Update.Accusation(subject, incarnation, text(in), in.getLong(), signature(in));
      default -> throw new Malformed();
    };
  }

  private static List<Notice> notices(ByteBuffer in) throws Malformed {
    var notices = new ArrayList<Notice>();
    int count = in.get() & 0xff;
    if (count == 0) {
      throw new Malformed(); // the first format says the same
    }
    for (int left = count; left > 0; left--) {
      String subject = text(in);
      long serial = in.getLong();
      var ended = new ArrayList<String>();
      for (int ids = in.get() & 0xff; ids > 0; ids--) {
        ended.add(text(in));
      }
      notices.add(new Notice(subject, serial, ended, signature(in)));
    }
    return List.copyOf(notices);
  }

  private static byte[] signature(ByteBuffer in) throws Malformed {
    int length = in.get() & 0xff;
    if (length > Update.MAX_SIGNATURE) {
      throw new Malformed();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
