package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UlimitsTest {
  @Test
  void oneOfEachNameInTheOrderOfTheNames() throws InvalidValueException {
    ObjectNode container = KeyValues.object();
    Ulimits.change(container, List.of(), List.of("nproc=10", "nofile=1:2", "nproc=20"), "--ulimit");
    assertThat(container)
        .hasToString(
            "{\"Ulimits\":[{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2},"
                + "{\"Name\":\"nproc\",\"Soft\":20,\"Hard\":20}]}");

    Ulimits.change(container, List.of("nofile"), List.of("core=-1"), "--ulimit-add");
    assertThat(container)
        .hasToString(
            "{\"Ulimits\":[{\"Name\":\"core\",\"Soft\":-1,\"Hard\":-1},"
                + "{\"Name\":\"nproc\",\"Soft\":20,\"Hard\":20}]}");

    Ulimits.change(container, List.of("core=5", "nproc"), List.of(), "--ulimit-add");
    assertThat(container).hasToString("{}");
  }

  @ParameterizedTest
  @CsvSource({"nofile,invalid ulimit argument", "nofile=many,whole number", "=3,invalid ulimit"})
  void whatCannotBeMeant(String text, String why) {
    assertThatThrownBy(() -> Ulimits.parse(text, "--ulimit"))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(why);
  }
}
