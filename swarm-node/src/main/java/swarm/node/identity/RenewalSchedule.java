package swarm.node.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// When a node renews its certificate. Pure.
public final class RenewalSchedule {
  /// The part of a certificate's life in which it is renewed: its second half, but for an end that
  /// is left for trying again. (Docker's figures.)
  static final double EARLIEST = 0.5;

  static final double LATEST = 0.8;

  /// From one certificate to the next, whatever the authority makes of them.
  static final Duration LEAST = Duration.ofSeconds(5);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_PAUSE = Duration.ofMinutes(5);

  private RenewalSchedule() {}

  /// The moment at which to renew. Certificates are valid from an hour before they were made; that
  /// hour is not counted.
  ///
  /// @param dice from 0 to 1, of this node's own: nodes that joined together do not renew together
  public static Instant due(X509Certificate certificate, double dice) {
    Instant end = certificate.getNotAfter().toInstant();
    Instant from = certificate.getNotBefore().toInstant();
    Duration backdated =
        Duration.between(from, end).dividedBy(2).compareTo(CertificateAuthority.BACKDATED) < 0
            ? Duration.ZERO
            : CertificateAuthority.BACKDATED;
    Instant made = from.plus(backdated);
    double part = EARLIEST + (LATEST - EARLIEST) * dice;
    return made.plusMillis((long) (Duration.between(made, end).toMillis() * part));
  }

  /// The moment at which to renew a certificate that has just been got: an authority may make it so
  /// short, or backdate it so far, that it is due from the beginning.
  ///
  /// @param got when it was got
  public static Instant due(X509Certificate certificate, double dice, Instant got) {
    Instant due = due(certificate, dice);
    Instant earliest = got.plus(LEAST);
    return due.isBefore(earliest) ? earliest : due;
  }

  /// The pause before another attempt: twice as long each time, to five minutes, and up to half as
  /// much again by the dice. A node never gives up: it may be let in again.
  ///
  /// @param failures how many attempts failed, from 1
  public static Duration pause(int failures, double dice) {
    int doublings = Math.clamp(failures - 1L, 0, 16);
    Duration pause = FIRST_PAUSE.multipliedBy(1L << doublings);
    Duration bound = pause.compareTo(LAST_PAUSE) < 0 ? pause : LAST_PAUSE;
    return bound.plusMillis((long) (bound.toMillis() * dice / 2));
  }
}
