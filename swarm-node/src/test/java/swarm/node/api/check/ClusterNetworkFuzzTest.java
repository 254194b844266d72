package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Subnet;
import swarm.scheduler.model.Wire;

/// Bodies that make a network of the cluster, put together by chance: each is refused with a
/// reason, or is a network that hosts can make.
class ClusterNetworkFuzzTest {
  private static final int BODIES = 50_000;
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "front",
          "-a",
          "a".repeat(64),
          "\u0000",
          "ä",
          "10.0.0.0/8",
          "10.1.0.0/24",
          "10.1.0.0/29",
          "10.1.0.0/30",
          "10.1.0.0/33",
          "10.1.0.0/-1",
          "10.1.0.0/",
          "/24",
          "10.1.0.256/24",
          "10.1.0.7",
          "010.1.0.0/24",
          "127.0.0.0/8",
          "255.255.255.255/32",
          "0.0.0.0/0",
          "fd00::/64",
          "::1",
          "1",
          "68",
          "67",
          "1400",
          "65535",
          "65536",
          "99999999999",
          "-5",
          "1e3",
          "٣٣٣",
          "true",
          "4096,4097",
          "0x10",
          "swarm",
          "local",
          "global");
  private static final List<String> OPTIONS =
      List.of(
          "com.docker.network.driver.mtu",
          "com.docker.network.driver.overlay.vxlanid_list",
          "com.docker.network.bridge.name",
          "encrypted",
          "secure",
          "anything",
          "");

  private final Random random = new Random(24);

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private ObjectNode body() {
    ObjectNode body = Wire.JSON.createObjectNode().put("Driver", "overlay");
    body.put("Name", random.nextInt(3) > 0 ? "front" : text());
    if (random.nextInt(4) == 0) {
      body.put("Scope", text());
    }
    for (String flag : List.of("Internal", "Attachable", "Ingress", "EnableIPv6")) {
      if (random.nextInt(6) == 0) {
        body.put(flag, random.nextBoolean());
      }
    }
    if (random.nextBoolean()) {
      ObjectNode options = body.putObject("Options");
      for (int i = random.nextInt(3); i > 0; i--) {
        options.put(OPTIONS.get(random.nextInt(OPTIONS.size())), text());
      }
    }
    for (int pools = random.nextInt(3); pools > 0; pools--) {
      ObjectNode pool = body.withObject("/IPAM").withArray("Config").addObject();
      for (String field : List.of("Subnet", "IPRange", "Gateway")) {
        if (random.nextBoolean()) {
          pool.put(field, text());
        }
      }
      if (random.nextInt(4) == 0) {
        pool.putObject("AuxiliaryAddresses").put(text(), text());
      }
    }
    return body;
  }

  @Test
  void eachIsRefusedWithAReasonOrCanBeMade() {
    int taken = 0;
    for (int i = 0; i < BODIES; i++) {
      ObjectNode body = body();
      try {
        NetworkShape.checkNetwork(body);
        check(ClusterNetworkShape.read(body), body);
        taken++;
      } catch (ApiException e) {
        assertThat(e.status()).as(body.toString()).isIn(400, 501);
        assertThat(e.getMessage()).as(body.toString()).isNotBlank();
      }
    }
    assertThat(taken).as("networks that can be made").isGreaterThan(BODIES / 100);
  }

  private static void check(NetworkSpec spec, ObjectNode body) {
    String mtu = spec.optionsOrEmpty().getOrDefault(NetworkSpec.MTU, "");
    if (!mtu.isEmpty()) {
      assertThat(Integer.parseInt(mtu)).as(body.toString()).isBetween(68, 65_535);
    }
    for (NetworkSpec.Pool pool : spec.pools()) {
      Subnet subnet = Subnet.parse(String.valueOf(pool.subnet())).orElseThrow();
      assertThat(subnet.prefix()).as(body.toString()).isBetween(8, 29);
      if (pool.gateway() != null) {
        assertThat(subnet.contains(Subnet.address(pool.gateway()).orElseThrow()))
            .as(body.toString())
            .isTrue();
      }
    }
  }
}
