package swarm.node.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.ContainerSpec;
import swarm.template.Template;
import swarm.template.TemplateException;
import swarm.template.Value;

/// Expands what swarmkit expands of a task's container: the values of its environment, its host
/// name, and of its mounts sources, targets, labels and options of volumes. Pure.
public final class SpecTemplates {
  private static final int LONGEST_HOSTNAME = 64;

  private SpecTemplates() {}

  private static boolean template(@Nullable String text) {
    return text != null && text.contains("{{");
  }

  /// The container as a task of this context has it.
  ///
  /// @throws TemplateException where one of its templates is wrong, or its host name cannot be one
  public static ContainerSpec expand(ContainerSpec spec, TaskContext task)
      throws TemplateException {
    ContainerSpec expanded = spec.templated() ? expanded(spec, task) : spec;
    checkHostname(Objects.requireNonNullElse(expanded.hostname(), ""));
    return expanded;
  }

  /// It goes into files where a blank or a line break would begin something else.
  private static void checkHostname(String name) throws TemplateException {
    if (name.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
      throw TemplateException.of(
          "the host name '"
              + name.replaceAll("\\p{Cntrl}", "?")
              + "' must be one word, without blanks or line breaks");
    }
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_HOSTNAME) {
      throw TemplateException.of(
          "the host name is "
              + length
              + " bytes long; the kernel takes "
              + LONGEST_HOSTNAME
              + " at most");
    }
  }

  private static ContainerSpec expanded(ContainerSpec spec, TaskContext task)
      throws TemplateException {
    Value.Struct context = task.value();
    List<String> env = spec.env();
    List<ContainerSpec.Mount> mounts = spec.mounts();
    try {
      env = env == null ? null : environment(env, context);
    } catch (TemplateException e) {
      throw e.in("expanding env failed");
    }
    try {
      mounts = mounts == null ? null : mounts(mounts, context);
    } catch (TemplateException e) {
      throw e.in("expanding mounts failed");
    }
    try {
      return spec.with(text(spec.hostname(), context), env, mounts);
    } catch (TemplateException e) {
      throw e.in("expanding hostname failed");
    }
  }

  private static List<String> environment(List<String> env, Value.Struct context)
      throws TemplateException {
    var all = new ArrayList<String>();
    for (String variable : env) {
      int equals = variable.indexOf('=');
      try {
        all.add(
            equals < 0
                ? variable
                : variable.substring(0, equals + 1)
                    + text(variable.substring(equals + 1), context));
      } catch (TemplateException e) {
        throw e.in("expanding env \"" + variable + "\"");
      }
    }
    return all;
  }

  private static List<ContainerSpec.Mount> mounts(
      List<ContainerSpec.Mount> mounts, Value.Struct context) throws TemplateException {
    var all = new ArrayList<ContainerSpec.Mount>();
    for (ContainerSpec.Mount mount : mounts) {
      all.add(
          new ContainerSpec.Mount(
              mount.type(),
              expanded("mount source", mount.source(), context),
              expanded("mount target", mount.target(), context),
              mount.readOnly(),
              options(mount.other(), context)));
    }
    return all;
  }

  private static @Nullable String expanded(String what, @Nullable String text, Value.Struct context)
      throws TemplateException {
    try {
      return text(text, context);
    } catch (TemplateException e) {
      throw e.in("expanding " + what + " \"" + text + "\"");
    }
  }

  private static @Nullable Map<String, JsonNode> options(
      @Nullable Map<String, JsonNode> other, Value.Struct context) throws TemplateException {
    JsonNode volume = other == null ? null : other.get("VolumeOptions");
    if (other == null || volume == null || !volume.isObject()) {
      return other;
    }
    ObjectNode copy = volume.deepCopy();
    texts("volume labels", copy.path("Labels"), context);
    texts("volume driver config", copy.path("DriverConfig").path("Options"), context);
    var all = new TreeMap<>(other);
    all.put("VolumeOptions", copy);
    return all;
  }

  private static void texts(String what, JsonNode texts, Value.Struct context)
      throws TemplateException {
    if (!(texts instanceof ObjectNode object)) {
      return;
    }
    for (var entry : List.copyOf(object.properties())) {
      if (entry.getValue().isTextual()) {
        object.put(
            entry.getKey(), expanded("map entry in " + what, entry.getValue().asText(), context));
      }
    }
  }

  private static @Nullable String text(@Nullable String text, Value.Struct context)
      throws TemplateException {
    if (text == null || !template(text)) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new String(
        Template.parse(bytes, TaskLanguage.with(Map.of())).expand(context), StandardCharsets.UTF_8);
  }
}
