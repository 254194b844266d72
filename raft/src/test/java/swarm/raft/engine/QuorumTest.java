package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuorumTest {
  @ParameterizedTest
  @CsvSource({
    // members, previous, agreeing, reached
    "a,'',a,true",
    "a,'','',false",
    "ab,'',a,false",
    "ab,'',ab,true",
    "abc,'',ab,true",
    "abc,'',a,false",
    "abc,'',axy,false",
    "abcd,'',ab,false",
    "abcd,'',abc,true",
    // while members change, both majorities
    "abc,ab,ac,false",
    "abc,ab,ab,true",
    "def,abc,def,false",
    "def,abc,deab,true",
  })
  void reached(String members, String previous, String agreeing, boolean reached) {
    assertThat(new Quorum(ids(members), ids(previous)).reachedBy(Set.copyOf(ids(agreeing))))
        .isEqualTo(reached);
  }

  private static List<String> ids(String letters) {
    return letters.chars().mapToObj(c -> String.valueOf((char) c)).toList();
  }
}
