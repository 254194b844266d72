package swarm.node.template;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadReference;
import swarm.template.Template;
import swarm.template.TemplateException;
import swarm.template.TextFunction;
import swarm.template.Value;

/// Expands the data of a secret or config whose template driver is `golang`. Beside what a task's
/// container may speak of, there are `secret "TARGET"`, `config "TARGET"` (as they are, not
/// expanded) and `env "NAME"`. Pure.
public final class PayloadTemplates {
  private PayloadTemplates() {}

  /// Reads a template, to see whether it can be read.
  ///
  /// @throws TemplateException where it cannot
  public static void check(byte[] data) throws TemplateException {
    var _ =
        Template.parse(
            data, TaskLanguage.with(Map.of("secret", t -> t, "config", t -> t, "env", t -> t)));
  }

  /// The data that a task is given.
  ///
  /// @param spec the task's container, whose targets and environment are meant
  /// @param known the secret or config of a reference; empty where this node has it not
  public static byte[] expand(
      Payload payload,
      ContainerSpec spec,
      TaskContext task,
      Function<PayloadReference, Optional<Payload>> known)
      throws TemplateException {
    byte[] data = payload.spec().dataOrEmpty();
    if (!payload.spec().templated()) {
      return data;
    }
    Map<String, TextFunction> functions =
        Map.of(
            "secret", target -> data(PayloadKind.SECRET, target, spec, known),
            "config", target -> data(PayloadKind.CONFIG, target, spec, known),
            "env", name -> environment(spec, name));
    try {
      return Template.parse(data, TaskLanguage.with(functions)).expand(task.value());
    } catch (TemplateException e) {
      throw e.in(
          "failed to expand templated "
              + payload.kind().word()
              + " "
              + payload.spec().nameOrEmpty());
    }
  }

  private static String data(
      PayloadKind kind,
      String target,
      ContainerSpec spec,
      Function<PayloadReference, Optional<Payload>> known)
      throws TemplateException {
    String wanted = Value.Text.shown(target);
    for (PayloadReference each : spec.payloads()) {
      PayloadReference.File file = each.file();
      if (each.kind() == kind && file != null && file.name().equals(wanted)) {
        Payload found =
            known
                .apply(each)
                .orElseThrow(
                    () -> TemplateException.of(kind.word() + " " + each.name() + " not found"));
        return new String(found.spec().dataOrEmpty(), StandardCharsets.ISO_8859_1);
      }
    }
    throw TemplateException.of(kind.word() + " target " + wanted + " not found");
  }

  /// As it was declared; nothing where there is none of the name.
  private static String environment(ContainerSpec spec, String name) {
    List<String> env = spec.env() == null ? List.of() : spec.env();
    String wanted = Value.Text.shown(name) + "=";
    return env.stream()
        .filter(variable -> variable.startsWith(wanted))
        .findFirst()
        .map(variable -> Value.Text.of(variable.substring(wanted.length())).bytes())
        .orElse("");
  }
}
