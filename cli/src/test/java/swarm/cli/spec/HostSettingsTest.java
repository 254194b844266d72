package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// JSON is written with single quotes here.
class HostSettingsTest {
  private static String host(String option, String value) throws InvalidValueException {
    ObjectNode host = JsonNodeFactory.instance.objectNode();
    HostSettings.all(new Given(Map.of(option, List.of(value))), host);
    return host.toString().replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--cpu-shares          | 512            | {'CpuShares':512}",
        "--memory-swap         | -1             | {'MemorySwap':-1}",
        "--memory-swap         | 1g             | {'MemorySwap':1073741824}",
        "--memory-swappiness   | 0              | {'MemorySwappiness':0}",
        "--shm-size            | 64m            | {'ShmSize':67108864}",
        "--pid                 | container:web  | {'PidMode':'container:web'}",
        "--oom-kill-disable    | true           | {'OomKillDisable':true}",
        "--oom-kill-disable    | false          | {}",
        "--annotation          | a=b            | {'Annotations':{'a':'b'}}",
        "--group-add           | audio          | {'GroupAdd':['audio']}",
        "--ulimit              | nofile=10:20   | {'Ulimits':[{'Name':'nofile','Soft':10,'Hard':20}]}",
        "--ulimit              | core=-1        | {'Ulimits':[{'Name':'core','Soft':-1,'Hard':-1}]}",
        "--device-read-bps     | /dev/sda:1mb   "
            + "| {'BlkioDeviceReadBps':[{'Path':'/dev/sda','Rate':1048576}]}",
        "--blkio-weight-device | /dev/sda:100   "
            + "| {'BlkioWeightDevice':[{'Path':'/dev/sda','Weight':100}]}",
        "--device              | /dev/a:/dev/b:r "
            + "| {'Devices':[{'PathOnHost':'/dev/a','PathInContainer':'/dev/b','CgroupPermissions':'r'}]}",
        "--device              | /dev/a:rw      "
            + "| {'Devices':[{'PathOnHost':'/dev/a','PathInContainer':'/dev/a','CgroupPermissions':'rw'}]}",
      })
  void eachBecomesAField(String option, String value, String json) throws Exception {
    assertThat(host(option, value)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({
    "--cpu-shares, many",
    "--ulimit, nofile",
    "--device-read-bps, sda:1",
    "--device-write-iops, /dev/sda",
    "--device, a:b:c:d",
  })
  void whatCannotBeMeantIsSaid(String option, String value) {
    assertThatThrownBy(() -> host(option, value))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining("invalid argument ");
  }

  @Test
  void withoutAWordThereIsNothing() throws Exception {
    ObjectNode host = JsonNodeFactory.instance.objectNode();
    HostSettings.all(new Given(Map.of()), host);
    assertThat(host).isEmpty();
  }
}
