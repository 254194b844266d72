package swarm.scheduler.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Ingress;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.NodeSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadData;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;

/// Secrets and configs in the state: who may have which name, and which may go.
class PayloadsTest {
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");
  private static final String HIDDEN = "hunter2";

  private ClusterState state = ClusterState.EMPTY;

  @BeforeEach
  void aCluster() {
    run(
        new Command.FormCluster(
            new Cluster(
                "c",
                new Version(0, T0, T0),
                Wire.JSON.createObjectNode(),
                "certificate",
                "key",
                new Cluster.Tokens("w", "m"),
                new Ingress("i", 0x0a000000, 29, 4096, 4789, T0),
                30),
            new Node(
                "n1",
                new Version(0, T0, T0),
                new NodeSpec(null, null, "manager", null),
                new Node.Description("host", "linux", "x86_64", 1, 1, "1", Map.of()),
                new Node.Status(Node.State.READY, "", "192.0.2.1", T0),
                null,
                0)));
  }

  /// What became of it: `done`, or why not.
  private String run(Command command) {
    CommandApplier.Applied applied = CommandApplier.apply(state, state.index() + 1, command);
    state = applied.state();
    Invariants.check(state);
    return switch (applied.result()) {
      case CommandResult.Done _ -> "done";
      case CommandResult.NotFound r -> "404 " + r.message();
      case CommandResult.Conflict r -> "409 " + r.message();
      case CommandResult.Refused r -> "400 " + r.message();
    };
  }

  private static PayloadSpec spec(String name, @Nullable String data) {
    return new PayloadSpec(
        name,
        Map.of("a", "b"),
        data == null ? null : PayloadData.of(data.getBytes(StandardCharsets.UTF_8)),
        null,
        null);
  }

  private String secret(String id, String name) {
    return run(new Command.CreatePayload(PayloadKind.SECRET, id, spec(name, HIDDEN), T0));
  }

  private static ServiceSpec service(String name, String secretId, String secretName)
      throws JsonProcessingException {
    return Wire.JSON.readValue(
        """
        {"Name": "%s", "TaskTemplate": {"ContainerSpec": {"Image": "a", "Secrets": [
          {"SecretID": "%s", "SecretName": "%s", "File": {"Name": "x"}}]}}}
        """
            .formatted(name, secretId, secretName),
        ServiceSpec.class);
  }

  @Test
  void aNameIsUniqueAmongSecretsAndAmongConfigs() {
    assertThat(secret("s1", "db")).isEqualTo("done");
    assertThat(secret("s2", "db"))
        .isEqualTo("409 rpc error: code = AlreadyExists desc = secret db already exists");
    assertThat(run(new Command.CreatePayload(PayloadKind.CONFIG, "c1", spec("db", "x"), T0)))
        .isEqualTo("done");
    assertThat(run(new Command.RemovePayload(PayloadKind.SECRET, "s1"))).isEqualTo("done");
    assertThat(secret("s3", "db")).as("the name is free again").isEqualTo("done");
  }

  @Test
  void onlyLabelsChange() {
    secret("s1", "db");
    long version = state.index();

    assertThat(update("s1", version, spec("other", null)))
        .endsWith("desc = only updates to Labels are allowed");
    assertThat(update("s1", version, spec("db", "guess")))
        .endsWith("desc = only updates to Labels are allowed");
    assertThat(update("s1", version - 1, spec("db", null))).contains("out of sequence");
    assertThat(update("s2", version, spec("db", null))).contains("secret s2 not found");

    PayloadSpec labels = spec("db", null).withLabels(Map.of("c", "d"));
    assertThat(update("s1", version, labels)).isEqualTo("done");
    Payload now = Objects.requireNonNull(state.secrets().find("s1"));
    assertThat(now.spec()).isEqualTo(spec("db", HIDDEN).withLabels(Map.of("c", "d")));
    assertThat(now.version().index()).isEqualTo(state.index());
  }

  private String update(String id, long version, PayloadSpec spec) {
    return run(new Command.UpdatePayload(PayloadKind.SECRET, id, version, spec, T0));
  }

  @Test
  void whatAServiceUsesStays() throws JsonProcessingException {
    secret("s1", "db");
    secret("s2", "db.2");
    run(new Command.CreateService("web", service("web", "s1", "db"), T0));
    run(new Command.CreateService("api", service("api", "s1", "db"), T0));

    assertThat(run(new Command.RemovePayload(PayloadKind.SECRET, "s1")))
        .isEqualTo(
            "400 rpc error: code = InvalidArgument desc = secret 'db' is in use by the following"
                + " services: api, web");
    run(new Command.RemoveService("api", T0));
    assertThat(run(new Command.RemovePayload(PayloadKind.SECRET, "s1")))
        .endsWith("in use by the following service: web");

    long version = state.service("web").orElseThrow().version().index();
    run(new Command.UpdateService("web", version, service("web", "s2", "db.2"), false, T0));
    assertThat(run(new Command.RemovePayload(PayloadKind.SECRET, "s1")))
        .as("only the present spec counts")
        .isEqualTo("done");
  }

  @Test
  void aServiceNamesWhatIsThere() throws JsonProcessingException {
    secret("s1", "db");
    String missing = "400 rpc error: code = InvalidArgument desc = secret not found: ";

    assertThat(run(new Command.CreateService("web", service("web", "s9", "nine"), T0)))
        .isEqualTo(missing + "nine");
    assertThat(run(new Command.CreateService("web", service("web", "s1", "another"), T0)))
        .isEqualTo(missing + "another");
    run(new Command.CreateService("web", service("web", "s1", "db"), T0));
    long version = state.index();
    assertThat(run(new Command.UpdateService("web", version, service("web", "s9", "n"), false, T0)))
        .isEqualTo(missing + "n");
  }

  @Test
  void thereIsNoWayBackToWhatIsGone() throws JsonProcessingException {
    secret("s1", "db");
    secret("s2", "db.2");
    run(new Command.CreateService("web", service("web", "s1", "db"), T0));
    run(new Command.UpdateService("web", state.index(), service("web", "s2", "db.2"), false, T0));
    run(new Command.RemovePayload(PayloadKind.SECRET, "s1"));

    long version = state.service("web").orElseThrow().version().index();
    ServiceSpec spec = state.service("web").orElseThrow().spec();
    assertThat(run(new Command.UpdateService("web", version, spec, true, T0)))
        .endsWith("secret not found: db");
  }

  @Test
  void aStateWithoutAnyIsWrittenAsOlderBuildsReadIt() throws IOException {
    assertThat(written()).as("format").startsWith(prefix(2));
    secret("s1", "db");
    assertThat(written()).startsWith(prefix(3));
    assertThat(StateCodec.read(new ByteArrayInputStream(written()))).isEqualTo(state);
  }

  private byte[] written() throws IOException {
    var out = new ByteArrayOutputStream();
    StateCodec.write(state, out);
    return out.toByteArray();
  }

  /// A map that begins with the field `format` (RFC 8949).
  private static byte[] prefix(int format) {
    return new byte[] {(byte) 0xbf, 0x66, 'f', 'o', 'r', 'm', 'a', 't', (byte) format};
  }

  @Test
  void dataReachesNoLog() {
    secret("s1", "db");
    var command =
        new Command.CreatePayload(PayloadKind.SECRET, "s2", spec("db", HIDDEN), T0).toString();

    assertThat(command).contains("7 bytes").doesNotContain(HIDDEN);
    assertThat(state.toString()).doesNotContain(HIDDEN);
    byte[] data = HIDDEN.getBytes(StandardCharsets.UTF_8);
    assertThat(command + state).doesNotContain(java.util.Arrays.toString(data));
  }
}
