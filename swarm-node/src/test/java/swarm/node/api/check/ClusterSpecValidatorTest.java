package swarm.node.api.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.node.api.error.ApiException;
import swarm.scheduler.model.ClusterDefaults;
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
        "{'Dispatcher':{'HeartbeatPeriod':1000000000}}",
        "{'Dispatcher':{'HeartbeatPeriod':86400000000000}}",
        "{'Dispatcher':{'HeartbeatPeriod':0}}",
        "{'Raft':{'SnapshotInterval':1,'KeepOldSnapshots':100,'LogEntriesForSlowFollowers':1}}",
        "{'Raft':{'SnapshotInterval':0,'KeepOldSnapshots':null,'LogEntriesForSlowFollowers':0,"
            + "'ElectionTick':4,'HeartbeatTick':1}}",
        "{'Raft':{'SnapshotInterval':1000000}}",
        "{'Labels':{'swarm.lease':'0s'}}",
        "{'Labels':{'swarm.lease':'1s'}}",
        "{'Labels':{'swarm.lease':'24h'}}",
        "{'Raft':{'SnapshotInterval':10000,'KeepOldSnapshots':0,'LogEntriesForSlowFollowers':500,"
            + "'ElectionTick':10,'HeartbeatTick':1}}",
        "{'Raft':{},'CAConfig':null,'TaskDefaults':{'LogDriver':null}}",
        "{'Orchestration':{'TaskHistoryRetentionLimit':0}}",
        "{'Orchestration':{'TaskHistoryRetentionLimit':-1}}"
      })
  void whatIsDoneIsTaken(String spec) {
    assertThatCode(() -> ClusterSpecValidator.check(json(spec))).doesNotThrowAnyException();
  }

  /// Docker's clients post the whole spec with every update.
  @Test
  void whatIsShownIsTakenBack() throws Exception {
    JsonNode shown = ClusterDefaults.complete(json("{}"));
    assertThatCode(() -> ClusterSpecValidator.check(shown)).doesNotThrowAnyException();
    assertThat(ClusterDefaults.complete(shown)).isEqualTo(shown);
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
        "{'Dispatcher':{'HeartbeatPeriod':1}}           | 400 | from 1s to 24h, or 0 for the default, not 0.000000001s",
        "{'Dispatcher':{'HeartbeatPeriod':999000000}}   | 400 | not 0.999s",
        "{'Dispatcher':{'HeartbeatPeriod':86400000000001}} | 400 | Dispatcher.HeartbeatPeriod must be",
        "{'Dispatcher':{'HeartbeatPeriod':'5s'}}        | 400 | a whole number from 0",
        "{'Raft':{'SnapshotInterval':1000001}}          | 400 | Raft.SnapshotInterval must be from 1 to 1000000, or 0 for the default, not 1000001",
        "{'Raft':{'SnapshotInterval':-1}}               | 400 | a whole number from 0, not -1",
        "{'Raft':{'KeepOldSnapshots':101}}              | 400 | must be from 0 to 100, not 101",
        "{'Raft':{'LogEntriesForSlowFollowers':1000001}} | 400 | from 1 to 1000000",
        "{'Raft':{'ElectionTick':3}}                    | 501 | ticks",
        "{'TaskDefaults':{'LogDriver':{'Name':'x'}}} | 400 | TaskDefaults.LogDriver: error looking up logging plugin x",
        "{'Labels':{'swarm.lease':'25h'}}               | 400 | swarm.lease must be 0s, or a duration from 1s to 24h",
        "{'Labels':{'swarm.lease':'1ms'}}               | 400 | not '1ms'",
        "{'Labels':{'swarm.lease':'999ms'}}             | 400 | not '999ms'",
        "{'Labels':{'swarm.lease':''}}                  | 400 | swarm.lease must be",
        "{'Labels':{'swarm.lease':'soon'}}              | 400 | a duration from 1s to 24h, such as 2s, not 'soon'",
        "{'Labels':{'swarm.election-timeout':'199ms'}}  | 400 | from 200ms to 20s",
        "{'Labels':{'swarm.election-timeout':'21s'}}    | 400 | from 200ms to 20s",
        "{'Orchestration':{'TaskHistoryRetentionLimit':1001}} | 400 | or negative for as many as are ever kept, not 1001"
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
