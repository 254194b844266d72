package swarm.network.gossip;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/// A signed statement that travels from member to member. What a member says of itself only it can
/// sign, and an accusation only the observer: no member can make another look dead by itself.
public sealed interface Update {
  /// The longest signature.
  int MAX_SIGNATURE = 80;

  /// Whom it is about.
  String subject();

  /// Which life of the subject it is about: only the subject raises its incarnation.
  long incarnation();

  byte[] signature();

  /// Who signed it.
  default String signer() {
    return subject();
  }

  /// What is signed.
  byte[] statement();

  /// The subject is alive; refutes every accusation of a lower incarnation.
  record Alive(String subject, long incarnation, byte[] signature) implements Update {
    @Override
    public byte[] statement() {
      return bytes(1, subject, incarnation, "", 0);
    }
  }

  /// The subject's daemon stops.
  record Left(String subject, long incarnation, byte[] signature) implements Update {
    @Override
    public byte[] statement() {
      return bytes(2, subject, incarnation, "", 0);
    }
  }

  /// The observer does not reach the subject.
  ///
  /// @param serial rises with every accusation by the observer, so that an old one cannot be played
  ///   back
  record Accusation(
      String subject, long incarnation, String observer, long serial, byte[] signature)
      implements Update {
    @Override
    public String signer() {
      return observer;
    }

    @Override
    public byte[] statement() {
      return bytes(3, subject, incarnation, observer, serial);
    }
  }

  private static byte[] bytes(
      int kind, String subject, long incarnation, String observer, long serial) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF("swarm gossip 1");
      out.writeByte(kind);
      out.writeUTF(subject);
      out.writeLong(incarnation);
      out.writeUTF(observer);
      out.writeLong(serial);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }
}
