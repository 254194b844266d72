package swarm.runtime.oci;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds an OCI runtime that really works here: one that is installed may still refuse the host's
/// cgroup layout or kernel. Each candidate runs the host's own `true` in a container whose root
/// holds nothing but the host's system directories, read-only.
public final class RuntimeProbe {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeProbe.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "probe-";
  private static final List<String> SYSTEM_DIRECTORIES =
      List.of("/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix", "/gnu");

  private final Commands commands;
  private final Path scratch;
  private final Path state;
  private final String cgroupParent;
  private final HostFacts host;

  /// A probe that works in `scratch`, with the runtimes' state in `state`.
  public RuntimeProbe(
      Commands commands, Path scratch, Path state, String cgroupParent, HostFacts host) {
    this.commands = commands;
    this.scratch = scratch;
    this.state = state;
    this.cgroupParent = cgroupParent;
    this.host = host;
  }

  /// What was found.
  ///
  /// @param runtime the first candidate that works
  /// @param reasons why others, or all, do not: one sentence each
  public record Outcome(Optional<OciRuntime> runtime, List<String> reasons) {}

  /// Tries the candidates in their order.
  public Outcome find(List<String> candidates) throws IOException, InterruptedException {
    List<String> reasons = new ArrayList<>();
    for (String candidate : candidates) {
      Optional<Path> program = Programs.find(candidate);
      if (program.isEmpty()) {
        reasons.add(candidate + " is not installed");
        continue;
      }
      var runtime = new OciRuntime(program.get(), state, commands);
      Optional<String> problem = tryOut(runtime);
      if (problem.isEmpty()) {
        LOG.info("OCI runtime: {}", program.get());
        return new Outcome(Optional.of(runtime), reasons);
      }
      LOG.warn("OCI runtime {} does not work here: {}", program.get(), problem.get());
      reasons.add(program.get() + ": " + problem.get());
    }
    return new Outcome(Optional.empty(), reasons);
  }

  private Optional<String> tryOut(OciRuntime runtime) throws IOException, InterruptedException {
    String id = PREFIX + ProcessHandle.current().pid();
    Path bundle = scratch.resolve(id);
    try {
      removeOld(runtime);
      Files.createDirectories(bundle.resolve("rootfs"));
      Files.write(
          bundle.resolve("config.json"),
          JSON.writeValueAsBytes(OciSpec.generate(request(id, bundle))));
      Commands.Result result = runtime.runBundle(id, bundle);
      return result.exitCode() == 0
          ? Optional.empty()
          : Optional.of(
              "exit code " + result.exitCode() + ", " + RuntimeFailure.reason(result.output()));
    } finally {
      cleanUp(runtime, id, bundle);
    }
  }

  // What a daemon left that was killed while it tried.
  private void removeOld(OciRuntime runtime) throws IOException, InterruptedException {
    try (var entries = Files.newDirectoryStream(state, PREFIX + "*")) {
      for (Path entry : entries) {
        cleanUp(runtime, entry.getFileName().toString(), scratch.resolve(entry.getFileName()));
      }
    }
  }

  private static void cleanUp(OciRuntime runtime, String id, Path bundle)
      throws IOException, InterruptedException {
    if (Files.exists(runtime.state().resolve(id))) {
      try {
        runtime.delete(id);
      } catch (RuntimeFailure e) {
        LOG.warn("the probe container {} could not be deleted: {}", id, e.getMessage());
      }
    }
    swarm.runtime.snapshot.OverlayMounts.deleteTree(bundle);
  }

  private SpecRequest request(String id, Path bundle) {
    List<SpecMount> mounts = new ArrayList<>();
    for (String directory : SYSTEM_DIRECTORIES) {
      if (Files.isDirectory(Path.of(directory))) {
        mounts.add(new SpecMount(directory, "bind", directory, List.of("bind", "ro")));
      }
    }
    var own = new SpecRequest.Namespace.Own();
    return new SpecRequest(
        new ProcessRequest(
            List.of("true"),
            List.of("PATH=/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin"),
            "/",
            ResolvedUser.ROOT,
            false,
            Capabilities.DEFAULT,
            false,
            "",
            List.of(),
            0,
            Optional.empty()),
        bundle.resolve("rootfs").toString(),
        false,
        "probe",
        false,
        OciSpec.MASKED,
        OciSpec.READ_ONLY,
        mounts,
        1 << 20,
        Resources.UNLIMITED,
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        new SpecRequest.Namespaces(
            own, own, own, own, host.cgroupV2() ? own : new SpecRequest.Namespace.Host()),
        Map.of(),
        cgroupParent + "/" + id,
        Optional.of(SeccompProfile.standard().resolve(Capabilities.DEFAULT, host, false)),
        host);
  }
}
