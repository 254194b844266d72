package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Wire;

class AddressPoolFieldsTest {
  private static Cluster.@Nullable AddressPools read(String pools, long size) throws Exception {
    return AddressPoolFields.read(Wire.JSON.readTree(pools.replace('\'', '"')), size);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "['10.9']                           | 0  | invalid base pool 10.9",
        "['10.9.0.0/16']                    | 30 | subnet size is out of range: 30",
        "['10.9.0.0/16']                    | 8  | Subnet size is too small for pool: 8",
        "['10.9.0.0/16','10.9.128.0/17']    | 24 | overlaps with",
        "['10.0.0.0/7']                     | 24 | it must be from /8 on",
      })
  void whatIsWrong(String pools, long size, String words) {
    assertThatThrownBy(() -> read(pools, size))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatIsTaken() throws Exception {
    assertThat(read("[]", 0)).isNull();
    assertThat(read("[]", 24)).isNull();
    assertThat(read("[]", 26)).isEqualTo(new Cluster.AddressPools(List.of("10.0.0.0/8"), 26));
    assertThat(read("['10.9.1.2/16', '172.20.0.0/14']", 0))
        .isEqualTo(new Cluster.AddressPools(List.of("10.9.0.0/16", "172.20.0.0/14"), 24));
  }
}
