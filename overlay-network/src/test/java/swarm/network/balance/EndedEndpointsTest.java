package swarm.network.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndedEndpointsTest {
  private static final Map<String, String> HOSTS = Map.of("m1", "A", "m2", "B");
  private final EndedEndpoints ended = new EndedEndpoints();

  private static Hints.Ended word(String endpoint, String host) {
    return new Hints.Ended(endpoint, host);
  }

  @Test
  void aNewerWordAddsToTheOlder() {
    assertThat(ended.learn(Map.of("m1", List.of("b", "a")), HOSTS))
        .containsExactlyInAnyOrder(word("a", "A"), word("b", "A"));
    assertThat(ended.learn(Map.of("m1", List.of("c")), HOSTS))
        .containsExactlyInAnyOrder(word("a", "A"), word("b", "A"), word("c", "A"));
    assertThat(ended.learn(Map.of("m1", List.of()), HOSTS)).hasSize(3);
  }

  @Test
  void eachMemberSpeaksForItsHost() {
    assertThat(ended.learn(Map.of("m1", List.of("a"), "m2", List.of("a")), HOSTS))
        .containsExactlyInAnyOrder(word("a", "A"), word("a", "B"));
  }

  @Test
  void whoIsNoMemberIsForgotten() {
    var _ = ended.learn(Map.of("m1", List.of("a"), "m3", List.of("b")), HOSTS);
    assertThat(ended.learn(Map.of(), Map.of("m2", "B", "m3", "C"))).isEmpty();
  }

  @Test
  void whatOneMemberSaysIsBounded() {
    for (int i = 0; i < 1_000; i++) {
      var _ = ended.learn(Map.of("m1", List.of("e" + i)), HOSTS);
    }
    var left = ended.learn(Map.of(), HOSTS);
    assertThat(left)
        .hasSize(EndedEndpoints.MOST_OF_A_MEMBER)
        .containsAll(IntStream.range(900, 1_000).mapToObj(i -> word("e" + i, "A")).toList());
  }
}
