package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PiecesTest {
  @ParameterizedTest
  @CsvSource({
    "'',            ''",
    "1,             1",
    "10,            10",
    "1 2 3 4,       1 2 3 4",
    "1 2 3 4 1,     1 2 3 4|1",
    "5 5 5 5 5,     5 5|5 5|5",
    "6 6 6,         6|6|6",
    "11,            11",
    "1 11 1,        1|11|1",
    "99 99 1 9 1,   99|99|1 9|1",
    "0 0 10 0 0 1,  0 0 10 0 0|1",
    "0,             0",
  })
  void piecesOfTen(String sizes, String pieces) {
    List<Integer> all =
        sizes.isEmpty()
            ? List.of()
            : Arrays.stream(sizes.split(" ")).map(Integer::valueOf).toList();

    assertThat(
            Pieces.of(all, size -> size, 10).stream()
                .map(piece -> piece.stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .collect(Collectors.joining("|")))
        .isEqualTo(pieces);
  }

  @Test
  void sizesAreThoseOfTheMessage() {
    List<String> quarters = List.of("a".repeat(300_000), "b".repeat(300_000), "c".repeat(300_000));

    assertThat(Pieces.of(quarters)).hasSize(1);
    assertThat(Pieces.of(List.of(quarters, quarters))).hasSize(2);
  }
}
