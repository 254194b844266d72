package swarm.cli.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// JSON is written with single quotes here, and options with a blank in them with an underscore.
class ContainerChecksTest {
  private static String body(String options) throws InvalidValueException {
    Given given = Given.of(options);
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    ContainerChecks.health(given, body);
    ContainerChecks.logging(given, body);
    return body.toString().replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | {}",
        "--no-healthcheck | {'Healthcheck':{'Test':['NONE']}}",
        "--health-cmd=test_-e_/ok | {'Healthcheck':{'Test':['CMD-SHELL','test -e /ok']}}",
        "--health-interval=1m --health-timeout=1s --health-start-period=2s"
            + " --health-start-interval=100ms --health-retries=4"
            + " | {'Healthcheck':{'Interval':60000000000,'Timeout':1000000000,"
            + "'StartPeriod':2000000000,'StartInterval':100000000,'Retries':4}}",
        "--log-driver=local | {'LogConfig':{'Type':'local','Config':{}}}",
        "--log-opt=max-size=1k --log-opt=max-file=3"
            + " | {'LogConfig':{'Type':'','Config':{'max-size':'1k','max-file':'3'}}}",
        "--log-driver=none | {'LogConfig':{'Type':'none','Config':{}}}",
      })
  void becomesFields(String options, String json) throws Exception {
    assertThat(body(options)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource({
    "--no-healthcheck --health-cmd=true, --no-healthcheck conflicts with --health-* options",
    "--no-healthcheck --health-retries=1, --no-healthcheck conflicts with --health-* options",
    "--health-interval=often, invalid duration",
    "--health-retries=-1, --health-retries",
    "--log-driver=none --log-opt=max-size=1m, invalid logging opts for driver none",
  })
  void whatCannotBeMeantIsSaid(String options, String why) {
    assertThatThrownBy(() -> body(options))
        .isInstanceOf(InvalidValueException.class)
        .hasMessageContaining(why);
  }
}
