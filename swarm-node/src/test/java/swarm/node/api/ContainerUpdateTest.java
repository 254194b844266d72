package swarm.node.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.ContainerState;
import swarm.runtime.container.RestartPolicy;
import swarm.runtime.health.Health;
import swarm.runtime.oci.CgroupFeatures;
import swarm.runtime.oci.Resources;
import swarm.scheduler.model.Wire;

/// JSON is written with single quotes here.
class ContainerUpdateTest {
  private static final CgroupFeatures EVERYTHING =
      new CgroupFeatures(false, true, true, true, true, true, true, true, "0-1", "0");
  private static final Resources LIMITED =
      Resources.UNLIMITED.toBuilder()
          .memoryBytes(64 << 20)
          .memorySwapBytes(128 << 20)
          .cpuShares(512)
          .pidsLimit(20)
          .build();

  private static Container container(Resources resources, boolean autoRemove) {
    return new Container(
        "a".repeat(64),
        "box",
        ContainerConfig.builder("sha256:1", List.of("sh"))
            .resources(resources)
            .autoRemove(autoRemove)
            .build(),
        Instant.EPOCH,
        null,
        null,
        ContainerState.CREATED,
        0,
        0,
        false,
        "",
        0,
        false,
        false,
        "/log",
        "",
        Health.NONE);
  }

  private static ContainerUpdate read(String body) throws ApiException {
    try {
      return ContainerUpdate.read(Wire.JSON.readTree(body.replace('\'', '"')), 2, EVERYTHING);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static ContainerConfig updated(String body) throws ApiException {
    return read(body).apply(container(LIMITED, false));
  }

  @Test
  void whatIsNotSaidStays() throws ApiException {
    assertThat(updated("{}").resources()).isEqualTo(LIMITED);
    assertThat(updated("{'Memory':0,'PidsLimit':null,'CpusetCpus':''}").resources())
        .isEqualTo(LIMITED);
    assertThat(updated("{'RestartPolicy':{'Name':''}}").restartPolicy())
        .isEqualTo(RestartPolicy.NO);
  }

  @Test
  void whatIsSaidChanges() throws ApiException {
    ContainerConfig config =
        updated(
            "{'Memory':33554432,'CpuShares':100,'NanoCpus':500000000,'CpusetCpus':'0','BlkioWeight':20,"
                + "'RestartPolicy':{'Name':'on-failure','MaximumRetryCount':3}}");

    assertThat(config.resources())
        .isEqualTo(
            LIMITED.toBuilder()
                .memoryBytes(32 << 20)
                .cpuShares(100)
                .nanoCpus(500_000_000)
                .cpusetCpus("0")
                .blockIo(LIMITED.blockIo().withWeight(20))
                .build());
    assertThat(config.restartPolicy())
        .isEqualTo(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3));
    assertThat(updated("{'PidsLimit':-1}").resources().pidsLimit()).isZero();
    assertThat(updated("{'PidsLimit':0}").resources().pidsLimit()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Memory':268435456}  | Memory limit should be smaller than already set memoryswap limit",
        "{'RestartPolicy':{'Name':'always'}} | because AutoRemove is enabled for the container",
        "{'NanoCpus':1000000}  | Nano CPUs cannot be updated as CPU Period has already been set",
      })
  void whatContradictsWhatIsThereIsRefused(String body, String why) throws ApiException {
    Container box = container(LIMITED.toBuilder().cpuPeriodMicros(100_000).build(), true);
    ContainerUpdate update = read(body);

    assertThatThrownBy(() -> update.apply(box))
        .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.status()).isEqualTo(409))
        .hasMessageStartingWith("Cannot update container aaaa")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'Memory':5}                          | 400 | Minimum memory limit allowed is 6MB",
        "{'CpusetCpus':'0-9'}                  | 400 | requested 0-9, available: 0-1",
        "{'CpusetCpus':'x'}                    | 400 | Invalid value x for cpuset cpus",
        "{'CpuPeriod':999}                     | 400 | CPU cfs period can not be less than 1ms",
        "{'CpuQuota':999}                      | 400 | CPU cfs quota can not be less than 1ms",
        "{'NanoCpus':1,'CpuQuota':1000}        | 400 | cannot both be set",
        "{'BlkioWeight':9}                     | 400 | Range of blkio weight is from 10 to 1000",
        "{'RestartPolicy':{'Name':'some'}}     | 400 | unknown policy 'some'",
        "{'RestartPolicy':{'Name':'always','MaximumRetryCount':3}} | 400 | can only be used with",
        "{'RestartPolicy':{'Name':'on-failure','MaximumRetryCount':-1}} | 400 | negative: -1",
        "{'Memory':'1g'}                       | 400 | Memory",
        "{'Ulimits':[{'Name':'nofile'}]}       | 501 | changing a container's Ulimits",
      })
  void whatMakesNoSenseIsRefused(String body, int status, String why) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status()).as(body).isEqualTo(status))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource({
    // swap before, memory, swap asked for; swap afterwards
    "0, 52428800, 0, 104857600",
    "0, 52428800, 62914560, 62914560",
    "0, 52428800, -1, -1",
    "0, 0, 0, 0",
    "0, 9223372036854775807, 0, 9223372036854775807",
    "-1, 52428800, 0, -1",
    "104857600, 104857600, 0, 104857600",
  })
  void swapThatHoldsIsStored(long before, long memory, long swap, long after) throws ApiException {
    Resources was = Resources.UNLIMITED.toBuilder().memorySwapBytes(before).build();
    String body = "{'Memory':" + memory + ",'MemorySwap':" + swap + "}";

    assertThat(read(body).apply(container(was, false)).resources())
        .isEqualTo(was.toBuilder().memoryBytes(memory).memorySwapBytes(after).build());
  }

  @Test
  void memoryAboveTheSwapThatAnEarlierUpdateBroughtIsRefused() throws ApiException {
    Resources now =
        read("{'Memory':52428800}").apply(container(Resources.UNLIMITED, false)).resources();
    ContainerUpdate more = read("{'Memory':104857601}");

    assertThatThrownBy(() -> more.apply(container(now, false)))
        .hasMessageEndingWith(
            ": Memory limit should be smaller than already set memoryswap limit, update the"
                + " memoryswap at the same time");
  }

  @Test
  void swapMayBeSetAlone() throws ApiException {
    assertThat(updated("{'MemorySwap':-1}").resources().memorySwapBytes()).isEqualTo(-1);
    assertThat(updated("{'MemorySwap':268435456}").resources().memorySwapBytes())
        .isEqualTo(256 << 20);
  }
}
