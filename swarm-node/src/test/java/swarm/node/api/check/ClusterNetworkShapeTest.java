package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.NetworkSpec;
import swarm.scheduler.model.Wire;

class ClusterNetworkShapeTest {
  private static NetworkSpec read(String body) throws Exception {
    JsonNode json = Wire.JSON.readTree("{" + body.replace('\'', '"') + "}");
    NetworkShape.checkNetwork(json);
    return ClusterNetworkShape.read(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                            | 400 | name must be provided",
        "'Name':'-a'                                   | 400 | valid as a DNS name component",
        "'Name':'a','Scope':'local'                    | 501 | of the scope 'local'",
        "'Name':'a','EnableIPv6':true                  | 501 | IPv6",
        "'Name':'a','Options':{'encrypted':''}         | 501 | an encrypted overlay network",
        "'Name':'a','Options':{'com.docker.network.driver.overlay.vxlanid_list':'9'} | 501 | vxlanid_list",
        "'Name':'a','Options':{'com.docker.network.driver.mtu':'9'} | 400 | invalid MTU number '9'",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0'}]} | 400 | invalid subnet 10.1.0.0",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/30'}]} | 400 | must be from /8 to /29",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'240.1.0.0/24'}]} | 400 | addresses of 240.0.0.0/4",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/24','IPRange':'10.1.1.0/25'}]} | 400 | does not contain range 10.1.1.0/25",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/24','IPRange':'10.0.0.0/8'}]} | 400 | does not contain range",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/24','Gateway':'10.2.0.1'}]} | 400 | does not contain gateway 10.2.0.1",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/24','Gateway':'x'}]} | 400 | invalid gateway x",
        "'Name':'a','IPAM':{'Config':[{'Subnet':'10.1.0.0/24'},{'Subnet':'10.2.0.0/24'}]} | 501 | several subnets",
      })
  void whatIsRefused(String body, int status, String words) {
    assertThatThrownBy(() -> read(body.strip().equals("''") ? "" : body.strip()))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.status()).as(e.getMessage()).isEqualTo(status))
        .hasMessageContaining(words);
  }

  @Test
  void whatIsKept() throws Exception {
    NetworkSpec spec =
        read(
            "'Name':'front','Driver':'overlay','Attachable':true,'Labels':{'a':'b'},"
                + "'IPAM':{'Config':[{'Subnet':'10.1.0.9/24','Gateway':'10.1.0.9'}]}");
    assertThat(spec.name()).isEqualTo("front");
    assertThat(spec.joinable()).isTrue();
    assertThat(spec.noWayOut()).isFalse();
    assertThat(spec.pools().getFirst().subnet()).isEqualTo("10.1.0.0/24");
    assertThat(spec.pools().getFirst().gateway()).isEqualTo("10.1.0.9");
    assertThat(read("'Name':'plain'").pools()).isEmpty();
  }
}
