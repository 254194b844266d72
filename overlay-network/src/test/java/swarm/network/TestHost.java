package swarm.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Network namespaces made for tests, all named with one prefix, and commands run in them.
public final class TestHost implements AutoCloseable {
  private static final String PREFIX = "swnt";
  private static final Path NAMESPACES = Path.of("/run/netns");

  private final String name;
  private final List<Process> processes = new ArrayList<>();

  private TestHost(String name) {
    this.name = name;
  }

  /// Skips the test unless it may make namespaces.
  public static void assumeRoot() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root to make namespaces");
  }

  /// Removes the namespaces that a broken run left.
  public static void removeLeftovers() throws IOException {
    if (!Files.isDirectory(NAMESPACES)) {
      return;
    }
    try (Stream<Path> files = Files.list(NAMESPACES)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.startsWith(PREFIX))
          .forEach(file -> run("ip", "netns", "delete", file));
    }
  }

  /// Makes a namespace whose loopback is up.
  public static TestHost create(String name) {
    var host = new TestHost(PREFIX + name);
    run("ip", "netns", "add", host.name);
    host.ip("link", "set", "lo", "up");
    return host;
  }

  /// A switch and `count` hosts with the addresses 10.77.0.1 and so on, as the bench's hosts have
  /// them; the switch is the last and has 10.77.0.254.
  public static List<TestHost> lan(int count) {
    TestHost lan = create("lan");
    lan.ip("link", "add", "br0", "type", "bridge");
    lan.ip("address", "add", "10.77.0.254/24", "dev", "br0");
    lan.ip("link", "set", "br0", "up");
    var hosts = new ArrayList<TestHost>();
    for (int i = 1; i <= count; i++) {
      TestHost host = create("h" + i);
      run(
          "ip", "link", "add", "eth0", "netns", host.name, "type", "veth", "peer", "name", "p" + i,
          "netns", lan.name);
      lan.ip("link", "set", "p" + i, "master", "br0", "up");
      host.ip("address", "add", "10.77.0." + i + "/24", "dev", "eth0");
      host.ip("link", "set", "eth0", "up");
      host.ip("route", "add", "default", "via", "10.77.0.254");
      hosts.add(host);
    }
    hosts.add(lan);
    return hosts;
  }

  /// The namespace's file.
  public Path netns() {
    return NAMESPACES.resolve(name);
  }

  /// Runs `ip` in the namespace.
  public String ip(String... arguments) {
    return run(Stream.concat(Stream.of("ip", "-n", name), Stream.of(arguments)));
  }

  /// Runs a command in the namespace; it must succeed.
  public String exec(String... command) {
    return run(inside(command));
  }

  /// Runs a command in the namespace and says whether it succeeded.
  public boolean succeeds(String... command) {
    try {
      Process process =
          new ProcessBuilder(inside(command).toList())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Runs a command in the namespace with a standard input; it must succeed.
  public String execWithInput(String input, String... command) {
    try {
      Process process =
          new ProcessBuilder(inside(command).toList()).redirectErrorStream(true).start();
      try (var out = process.getOutputStream()) {
        out.write(input.getBytes(StandardCharsets.UTF_8));
      }
      String output = read(process);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Starts a process that lasts until this host is closed.
  public Process start(File output, String... command) {
    try {
      Process process =
          new ProcessBuilder(inside(command).toList())
              .redirectErrorStream(true)
              .redirectOutput(output)
              .start();
      processes.add(process);
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<String> inside(String... command) {
    return Stream.concat(Stream.of("nsenter", "--net=" + netns(), "--"), Stream.of(command));
  }

  private static String run(String... command) {
    return run(Stream.of(command));
  }

  private static String run(Stream<String> command) {
    List<String> words = command.toList();
    try {
      Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output = read(process);
      assertThat(process.waitFor()).as(words + ": " + output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String read(Process process) throws IOException {
    try (var reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      return reader.readAllAsString();
    }
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.destroyForcibly();
      try {
        process.waitFor(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    run("ip", "netns", "delete", name);
  }
}
