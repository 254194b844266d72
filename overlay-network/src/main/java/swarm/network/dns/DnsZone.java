package swarm.network.dns;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import swarm.network.dns.DnsMessage.Answer;
import swarm.network.dns.DnsMessage.Data;
import swarm.network.dns.DnsMessage.Question;

/// What is answered to a question, and by whom. Pure.
public final class DnsZone {
  /// Docker's, in seconds.
  static final int TTL = 600;

  private static final String REVERSE = ".in-addr.arpa";

  private DnsZone() {}

  /// Who answers.
  public sealed interface Decision {
    /// We do.
    record Local(int responseCode, List<Answer> answers) implements Decision {}

    /// A server elsewhere.
    record Forward() implements Decision {}
  }

  /// @param dice orders equal answers, so that callers spread
  public static Decision decide(Question question, Names names, RandomGenerator dice) {
    if (question.dnsClass() != DnsMessage.CLASS_IN) {
      return elsewhere(names);
    }
    String name = DnsName.canonical(question.name());
    if (question.type() == DnsMessage.TYPE_PTR) {
      return reverse(name)
          .flatMap(names::name)
          .<Decision>map(found -> local(question, List.of(new Data.Pointer(found))))
          .orElseGet(() -> elsewhere(names));
    }
    List<Inet4Address> addresses = names.addresses(name);
    if (addresses.isEmpty()) {
      return elsewhere(names);
    }
    if (question.type() != DnsMessage.TYPE_A) {
      // there is such a name, without records of this type: nobody elsewhere knows better
      return new Decision.Local(DnsMessage.NO_ERROR, List.of());
    }
    var shuffled = new ArrayList<>(addresses);
    Collections.shuffle(shuffled, java.util.Random.from(dice));
    return local(question, shuffled.stream().<Data>map(Data.Address::new).toList());
  }

  private static Decision elsewhere(Names names) {
    return names.asksOthers()
        ? new Decision.Forward()
        : new Decision.Local(DnsMessage.NO_SUCH_NAME, List.of());
  }

  private static Decision local(Question question, List<Data> data) {
    return new Decision.Local(
        DnsMessage.NO_ERROR, data.stream().map(d -> new Answer(question.name(), TTL, d)).toList());
  }

  /// The address of a name such as `4.3.2.1.in-addr.arpa`.
  static Optional<Inet4Address> reverse(String name) {
    if (!name.endsWith(REVERSE)) {
      return Optional.empty();
    }
    String[] octets = name.substring(0, name.length() - REVERSE.length()).split("\\.", -1);
    if (octets.length != 4) {
      return Optional.empty();
    }
    for (String octet : octets) {
      if (!octet.matches("0|[1-9]\\d{0,2}") || Integer.parseInt(octet) > 255) {
        return Optional.empty();
      }
    }
    return Optional.of(
        Inet4Address.ofLiteral(octets[3] + "." + octets[2] + "." + octets[1] + "." + octets[0]));
  }
}
