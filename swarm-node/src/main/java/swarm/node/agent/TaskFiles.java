package swarm.node.agent;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import swarm.node.template.PayloadTemplates;
import swarm.node.template.TaskContext;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.container.ProvidedFile;
import swarm.scheduler.model.ContainerSpec;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadReference;
import swarm.template.TemplateException;

/// Secrets and configs as the files of a task's container. Pure.
public final class TaskFiles {
  private static final int MODE_BITS = 07777;

  private TaskFiles() {}

  /// Where a file goes in the container.
  public static String target(PayloadReference reference, PayloadReference.File file) {
    return TreePaths.clean(
        file.name().startsWith("/") ? file.name() : reference.kind().folder() + "/" + file.name());
  }

  /// The files of a task's container.
  static List<ProvidedFile> of(ContainerSpec spec) throws TaskInputException {
    var all = new ArrayList<ProvidedFile>();
    for (PayloadReference each : spec.payloads()) {
      PayloadReference.File file = each.file();
      if (file != null) {
        all.add(
            new ProvidedFile(
                key(each),
                target(each, file),
                number("UID", file.uid()),
                number("GID", file.gid()),
                file.mode() & MODE_BITS));
      }
    }
    return all;
  }

  private static String key(PayloadReference reference) {
    return reference.kind().word() + "/" + reference.id();
  }

  private static int number(String what, String text) throws TaskInputException {
    try {
      return Integer.parseUnsignedInt(text);
    } catch (NumberFormatException _) {
      throw new TaskInputException(what + " of a secret or config must be a number, not " + text);
    }
  }

  /// Their content, by their keys.
  ///
  /// @param spec the container as it was declared, whose environment templates may ask for
  /// @param known the secret or config of a reference; empty where this node has it not
  /// @throws TaskInputException where one is not known
  /// @throws TemplateException where one cannot be expanded
  static Map<String, byte[]> content(
      ContainerSpec spec, TaskContext task, Function<PayloadReference, Optional<Payload>> known)
      throws TaskInputException, TemplateException {
    var all = new HashMap<String, byte[]>();
    for (PayloadReference each : spec.payloads()) {
      if (each.file() == null || all.containsKey(key(each))) {
        continue;
      }
      Optional<Payload> payload = known.apply(each);
      if (payload.isEmpty()) {
        throw new TaskInputException(each.kind().word() + " " + each.name() + " not found");
      }
      all.put(key(each), PayloadTemplates.expand(payload.get(), spec, task, known));
    }
    return all;
  }
}
