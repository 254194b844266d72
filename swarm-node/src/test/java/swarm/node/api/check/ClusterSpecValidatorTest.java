package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.Wire;

class ClusterSpecValidatorTest {
  private static JsonNode json(String text) throws Exception {
    return Wire.JSON.readTree(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'CAConfig':{'NodeCertExpiry':7776000000000000}}",
        "{'CAConfig':{'NodeCertExpiry':3600000000000,'ForceRotate':7}}",
        "{'CAConfig':{'ExternalCAs':[{'Protocol':'cfssl','URL':'https://x','CACert':'y'}]}}",
        "{'CAConfig':{'NodeCertExpiry':0,'ExternalCAs':[],'SigningCACert':''}}",
        "{'Dispatcher':{'HeartbeatPeriod':5000000000}}",
        "{'Raft':{'SnapshotInterval':10000,'KeepOldSnapshots':0,'LogEntriesForSlowFollowers':500,"
            + "'ElectionTick':10,'HeartbeatTick':1}}",
        "{'Raft':{},'CAConfig':null,'TaskDefaults':{'LogDriver':null}}",
        "{'Orchestration':{'TaskHistoryRetentionLimit':0}}"
      })
  void whatIsDoneAnywayIsTaken(String spec) {
    assertThatCode(() -> ClusterSpecValidator.check(json(spec))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'CAConfig':{'NodeCertExpiry':1000000000}}     | 400 | minimum certificate expiry time",
        "{'CAConfig':{'NodeCertExpiry':-1}}             | 400 | CAConfig.NodeCertExpiry must be",
        "{'CAConfig':{'NodeCertExpiry':'90d'}}          | 400 | CAConfig.NodeCertExpiry must be",
        "{'CAConfig':{'ExternalCAs':[{'URL':'http://x'}]}} | 400 | must begin with https://",
        "{'CAConfig':{'ExternalCAs':[{'Protocol':'acme','URL':'https://x'}]}} | 400 | invalid CAProtocol",
        "{'CAConfig':{'ExternalCAs':['https://x']}}     | 400 | ExternalCAs",
        "{'CAConfig':{'ForceRotate':'1'}}               | 400 | CAConfig.ForceRotate",
        "{'CAConfig':{'SigningCACert':1}}               | 400 | CAConfig.SigningCACert",
        "{'Dispatcher':{'HeartbeatPeriod':1}}           | 501 | heartbeats' period",
        "{'Raft':{'SnapshotInterval':5}}                | 501 | snapshots",
        "{'Raft':{'ElectionTick':3}}                    | 501 | ticks",
        "{'TaskDefaults':{'LogDriver':{'Name':'none'}}} | 501 | log driver",
        "{'Labels':{'swarm.lease':'25h'}}               | 400 | swarm.lease must be a duration from 0s to 24h",
        "{'Labels':{'swarm.lease':'soon'}}              | 400 | such as 30s or 1m30s, not 'soon'",
        "{'Labels':{'swarm.election-timeout':'199ms'}}  | 400 | from 200ms to 20s",
        "{'Labels':{'swarm.election-timeout':'21s'}}    | 400 | from 200ms to 20s",
        "{'Orchestration':{'TaskHistoryRetentionLimit':-1}} | 400 | from 0 to 1000, not -1"
      })
  void whatNothingHeedsIsRefused(String spec, int status, String words) {
    var refused =
        catchThrowableOfType(ApiException.class, () -> ClusterSpecValidator.check(json(spec)));
    assertThat(refused.status()).isEqualTo(status);
    assertThat(refused).hasMessageContaining(words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{}                                                          | 0",
        "{'NodeCertExpiry':3600000000000}                            | 0",
        "{'ExternalCAs':[{'URL':'https://x','CACert':'y'}]}          | 0",
        "{'SigningCACert':'y'}                                       | 501",
        "{'SigningCACert':'y','SigningCAKey':'z'}                    | 501",
        "{'ForceRotate':1}                                           | 501"
      })
  void aNewClusterTakesAnExternalRootButNoneThatIsBroughtAlong(String config, int status) {
    var refused =
        catchThrowableOfType(ApiException.class, () -> CaConfigValidator.checkNew(json(config)));
    assertThat(refused == null ? 0 : refused.status()).isEqualTo(status);
  }
}
