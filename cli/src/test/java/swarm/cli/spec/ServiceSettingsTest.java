package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import swarm.cli.client.Json;

/// JSON is written with single quotes here.
class ServiceSettingsTest {
  /// As docker's client has them, of a service whose health check was switched off.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--health-interval=5s | {'Interval':5000000000}",
        "--health-cmd=true    | {'Test':['CMD-SHELL','true']}",
        "--health-cmd=        | {}",
        "--no-healthcheck     | {'Test':['NONE']}",
        "--user=me            | {'Test':['NONE']}",
      })
  void aHealthCheckIsOffUntilSomethingIsSaidOfIt(String options, String check) throws Exception {
    ObjectNode spec = Json.object();
    spec.withObject("/TaskTemplate/ContainerSpec/Healthcheck").putArray("Test").add("NONE");
    ServiceSettings.apply(spec, Given.of(options));
    assertThat(spec.at("/TaskTemplate/ContainerSpec/Healthcheck").toString().replace('"', '\''))
        .isEqualTo(check);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--log-driver=                            | ",
        "--log-driver=local --log-opt=max-size=1m | {'Name':'local','Options':{'max-size':'1m'}}",
      })
  void anEmptyLogDriverIsNone(String options, String driver) throws Exception {
    ObjectNode spec = Json.object();
    ServiceSettings.apply(spec, Given.of(options));
    assertThat(spec.at("/TaskTemplate/LogDriver").toString().replace('"', '\''))
        .isEqualTo(driver == null ? "" : driver);
  }
}
