package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrangerQueueTest {
  /// Connections come in order as `address/name`, and leave as `-address/name`; of 5 in all and 3
  /// of one address.
  private static String evicted(String events) {
    var queue = new StrangerQueue<String>(5, 3);
    List<String> evicted = new ArrayList<>();
    for (String event : events.split(" ")) {
      String[] parts = event.replaceFirst("^-", "").split("/");
      if (event.startsWith("-")) {
        queue.leave(InetAddress.ofLiteral(parts[0]), parts[1]);
      } else {
        queue.enter(InetAddress.ofLiteral(parts[0]), parts[1]).ifPresent(evicted::add);
      }
      assertThat(queue.size()).isLessThanOrEqualTo(5);
    }
    return String.join(" ", evicted);
  }

  @ParameterizedTest
  @CsvSource({
    "there is room,                         10.0.0.1/a 10.0.0.1/b 10.0.0.2/c,                    ''",
    "an address' oldest goes for its next,  10.0.0.1/a 10.0.0.1/b 10.0.0.1/c 10.0.0.1/d,         a",
    "and again,             10.0.0.1/a 10.0.0.1/b 10.0.0.1/c 10.0.0.1/d 10.0.0.1/e 10.0.0.1/f, a b c",
    "what has left takes no room,           10.0.0.1/a 10.0.0.1/b 10.0.0.1/c -10.0.0.1/b 10.0.0.1/d, ''",
    "leaving twice counts once,   10.0.0.1/a 10.0.0.1/b 10.0.0.1/c -10.0.0.1/b -10.0.0.1/b 10.0.0.1/d 10.0.0.1/e, a",
    "who was evicted leaves again,  10.0.0.1/a 10.0.0.1/b 10.0.0.1/c 10.0.0.1/d -10.0.0.1/a 10.0.0.1/e, a b",
    "of all the address with most pays,     10.0.0.1/a 10.0.0.2/b 10.0.0.2/c 10.0.0.2/d 10.0.0.3/e 10.0.0.4/f, b",
    "the next one too,  10.0.0.1/a 10.0.0.2/b 10.0.0.2/c 10.0.0.2/d 10.0.0.3/e 10.0.0.4/f 10.0.0.5/g, b c",
    "the first of equals pays,  10.0.0.1/a 10.0.0.2/b 10.0.0.3/c 10.0.0.4/d 10.0.0.5/e 10.0.0.6/f, a",
    "an address whose last has gone starts anew, 10.0.0.1/a -10.0.0.1/a 10.0.0.1/b 10.0.0.1/c 10.0.0.1/d, ''",
    "a /64 of IPv6 is one address,          2001:db8::1/a 2001:db8::2/b 2001:db8::3:4/c 2001:db8::9/d, a",
    "two of them are two,                   2001:db8:0:1::1/a 2001:db8:0:1::2/b 2001:db8:0:1::3/c 2001:db8:0:2::1/d, ''",
  })
  void whoGoesForANewcomer(String why, String events, String evicted) {
    assertThat(evicted(events)).as(why).isEqualTo(evicted);
  }
}
