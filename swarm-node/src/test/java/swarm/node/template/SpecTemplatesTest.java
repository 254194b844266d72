package swarm.node.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadData;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.Version;
import swarm.scheduler.model.Wire;
import swarm.template.TemplateException;

/// Which fields of a container are templates, and what secrets and configs may ask for.
class SpecTemplatesTest {
  private static final TaskContext TASK = TaskContext.example("web", Map.of("tier", "front"));

  private static ContainerSpec spec(String json) throws JsonProcessingException {
    return Wire.JSON.readValue(json.replace('\'', '"'), ContainerSpec.class);
  }

  @Test
  void whatSwarmkitExpandsIsExpanded() throws Exception {
    ContainerSpec all =
        spec(
            """
            {'Image': '{{.Task.ID}}', 'Hostname': '{{.Node.Hostname}}-{{.Task.Slot}}',
             'Env': ['A={{.Service.Name}}', '{{.Task.ID}}', 'B=plain'], 'Args': ['{{.Task.ID}}'],
             'Secrets': [{'File': {'Name': '{{.Task.ID}}'}}],
             'Mounts': [{'Type': 'volume', 'Source': 'v{{.Task.Slot}}', 'Target': '/{{.Node.ID}}',
               'VolumeOptions': {'NoCopy': true, 'Labels': {'l': '{{.Service.Labels.tier}}'},
                 'DriverConfig': {'Name': '{{.Task.ID}}', 'Options': {'o': '{{.Task.ID}}'}}}}]}
            """);

    assertThat(SpecTemplates.expand(all, TASK))
        .isEqualTo(
            spec(
                """
                {'Image': '{{.Task.ID}}', 'Hostname': 'nodeHostname-1',
                 'Env': ['A=web', '{{.Task.ID}}', 'B=plain'], 'Args': ['{{.Task.ID}}'],
                 'Secrets': [{'File': {'Name': '{{.Task.ID}}'}}],
                 'Mounts': [{'Type': 'volume', 'Source': 'v1', 'Target': '/nodeid',
                   'VolumeOptions': {'NoCopy': true, 'Labels': {'l': 'front'},
                     'DriverConfig': {'Name': '{{.Task.ID}}', 'Options': {'o': 'taskid'}}}}]}
                """));
  }

  @Test
  void whatHasNoTemplatesIsTheSame() throws Exception {
    ContainerSpec plain = spec("{'Image': 'a', 'Env': ['A=b'], 'Hostname': 'h'}");

    assertThat(SpecTemplates.expand(plain, TASK)).isSameAs(plain);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\\nb", "{{.Service.Name}} b", "{{.Service.Labels.tier}}\\t"})
  void aHostNameIsOneWord(String name) throws Exception {
    ContainerSpec spec = spec("{'Image': 'a', 'Hostname': '" + name + "'}");

    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> SpecTemplates.expand(spec, TASK))
        .withMessageContaining("must be one word");
  }

  @Test
  void aHostNameIsNoLongerThanTheKernelTakes() throws Exception {
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(
            () -> SpecTemplates.expand(spec("{'Hostname': '" + "h".repeat(65) + "'}"), TASK))
        .withMessageContaining("65 bytes long; the kernel takes 64");
  }

  @Test
  void aWrongOneIsNamed() throws Exception {
    ContainerSpec wrong = spec("{'Image': 'a', 'Env': ['A={{.Foo}}']}");

    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> SpecTemplates.expand(wrong, TASK))
        .withMessageStartingWith(
            "expanding env failed: expanding env \"A={{.Foo}}\": template: expansion:1:2:");
  }

  // ---- secrets and configs

  private static Payload payload(PayloadKind kind, String id, String data, boolean templated) {
    return new Payload(
        kind,
        id,
        new Version(1, Instant.EPOCH, Instant.EPOCH),
        new PayloadSpec(
            "name-" + id,
            null,
            PayloadData.of(data.getBytes(StandardCharsets.UTF_8)),
            templated ? new PayloadSpec.Templating("golang", null) : null,
            null));
  }

  private static String expanded(Payload payload) throws Exception {
    ContainerSpec container =
        spec(
            """
            {'Env': ['A=a=b', 'T={{.Task.ID}}'],
             'Secrets': [{'SecretID': 's1', 'SecretName': 'name-s1', 'File': {'Name': 'pw'}},
                         {'SecretID': 's2', 'SecretName': 'gone', 'File': {'Name': 'gone'}}],
             'Configs': [{'ConfigID': 'c1', 'ConfigName': 'name-c1', 'File': {'Name': '/etc/c'}}]}
            """);
    Map<String, Payload> known =
        Map.of(
            "s1", payload(PayloadKind.SECRET, "s1", "{{hunter2}}", true),
            "c1", payload(PayloadKind.CONFIG, "c1", "ü", false));
    return new String(
        PayloadTemplates.expand(
            payload, container, TASK, each -> Optional.ofNullable(known.get(each.id()))),
        StandardCharsets.UTF_8);
  }

  @Test
  void aPayloadMayAskForOthersOfItsTask() throws Exception {
    assertThat(
            expanded(
                payload(
                    PayloadKind.CONFIG,
                    "x",
                    "{{secret `pw`}} {{config `/etc/c`}} {{env `A`}} {{env `T`}} {{.Task.Slot}}",
                    true)))
        .isEqualTo("{{hunter2}} ü a=b {{.Task.ID}} 1");
    assertThat(expanded(payload(PayloadKind.CONFIG, "x", "{{secret `pw`}}", false)))
        .as("without a template driver it is no template")
        .isEqualTo("{{secret `pw`}}");
  }

  @Test
  void whatTheTaskHasNotIsRefused() {
    for (String[] each :
        new String[][] {
          {"secret", "other", "secret target other not found"},
          {"secret", "gone", "secret gone not found"},
          {"config", "pw", "config target pw not found"},
        }) {
      Payload asks =
          payload(PayloadKind.SECRET, "x", "{{" + each[0] + " `" + each[1] + "`}}", true);
      assertThatExceptionOfType(TemplateException.class)
          .isThrownBy(() -> expanded(asks))
          .withMessageStartingWith("failed to expand templated secret name-x: template: ")
          .withMessageEndingWith(each[2]);
    }
  }
}
