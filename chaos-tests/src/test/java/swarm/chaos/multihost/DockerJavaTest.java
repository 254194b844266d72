package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.ExecCreateCmdResponse;
import com.github.dockerjava.api.command.InspectExecResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Statistics;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.cluster.Wait;

/// docker-java, the client that Testcontainers and many Java tools use: one container's life.
@Tag("multihost")
final class DockerJavaTest {
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  /// What came of a stream, by kind.
  private static final class Gathered extends ResultCallback.Adapter<Frame> {
    private final List<Frame> frames = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(Frame frame) {
      frames.add(frame);
    }

    String text(StreamType type) {
      var text = new StringBuilder();
      frames.stream()
          .filter(frame -> frame.getStreamType() == type)
          .forEach(frame -> text.append(new String(frame.getPayload(), UTF_8)));
      return text.toString();
    }
  }

  private static final class Actions extends ResultCallback.Adapter<Event> {
    private final List<String> seen = new CopyOnWriteArrayList<>();

    @Override
    public void onNext(Event event) {
      seen.add(String.valueOf(event.getAction()));
    }
  }

  @Test
  void aContainersLife() throws Exception {
    Shell shell = Shell.of(CLUSTER, Client.DOCKER);
    try (DockerClient docker = client(shell);
        var events = new Actions()) {
      docker.pingCmd().exec();
      assertThat(docker.infoCmd().exec().getOsType()).isEqualTo("linux");
      docker.eventsCmd().withContainerFilter("docker-java").exec(events);
      assertThat(events.awaitStarted(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      String id = attached(docker);
      assertThat(docker.inspectContainerCmd(id).exec().getState().getRunning()).isTrue();
      assertThat(docker.listContainersCmd().exec())
          .anySatisfy(one -> assertThat(one.getNames()).containsExactly("/docker-java"));
      executed(docker, id);
      measured(docker, id);
      docker.stopContainerCmd(id).withTimeout(0).exec();
      assertThat(docker.waitContainerCmd(id).start().awaitStatusCode()).isEqualTo(137);
      logged(docker, id);
      docker.removeContainerCmd(id).exec();
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(docker.inspectContainerCmd(id)::exec)
          .withMessageContaining("No such container");
      Wait.until("the removal is told", LIMIT, () -> events.seen.contains("destroy"));
      assertThat(events.seen)
          .containsSubsequence("create", "attach", "start", "die", "destroy")
          .contains("stop");
    } finally {
      shell.clear();
    }
  }

  private static DockerClient client(Shell shell) {
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(
                "unix://" + CLUSTER.cluster().folder(shell.host()).resolve("docker.sock"))
            .withDockerTlsVerify(false)
            .withDockerConfig("/nonexistent")
            .build();
    return DockerClientImpl.getInstance(
        config, new ZerodepDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build());
  }

  /// Attached before it starts, it loses nothing; what is typed comes back.
  private static String attached(DockerClient docker) throws Exception {
    String id =
        docker
            .createContainerCmd(IMAGE)
            .withName("docker-java")
            .withCmd("sh", "-c", "echo out; echo err >&2; exec cat")
            .withStdinOpen(true)
            .withAttachStdin(true)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .exec()
            .getId();
    try (var typing = new PipedOutputStream();
        var typed = new PipedInputStream(typing);
        var output = new Gathered()) {
      docker
          .attachContainerCmd(id)
          .withStdIn(typed)
          .withStdOut(true)
          .withStdErr(true)
          .withFollowStream(true)
          .exec(output);
      assertThat(output.awaitStarted(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      docker.startContainerCmd(id).exec();
      typing.write("typed\n".getBytes(UTF_8));
      typing.flush();
      Wait.until(
          "what it says, and what was typed",
          LIMIT,
          () ->
              output.text(StreamType.STDOUT).equals("out\ntyped\n")
                  && output.text(StreamType.STDERR).equals("err\n"));
    }
    return id;
  }

  private static void executed(DockerClient docker, String id) throws Exception {
    ExecCreateCmdResponse exec =
        docker
            .execCreateCmd(id)
            // it never closes its half of the connection (docker-java's issue 1552): no end of
            // input
            .withCmd("sh", "-c", "read line; echo $line; echo oops >&2; exit 7")
            .withAttachStdin(true)
            .withAttachStdout(true)
            .withAttachStderr(true)
            .exec();
    try (var output = new Gathered()) {
      docker
          .execStartCmd(exec.getId())
          .withStdIn(new ByteArrayInputStream("given\n".getBytes(UTF_8)))
          .exec(output);
      assertThat(output.awaitCompletion(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(output.text(StreamType.STDOUT)).isEqualTo("given\n");
      assertThat(output.text(StreamType.STDERR)).isEqualTo("oops\n");
    }
    InspectExecResponse shown = docker.inspectExecCmd(exec.getId()).exec();
    assertThat(shown.isRunning()).isFalse();
    assertThat(shown.getExitCodeLong()).isEqualTo(7);
  }

  private static void measured(DockerClient docker, String id) throws IOException {
    try (var first = new FirstStatistics()) {
      docker.statsCmd(id).exec(first);
      Statistics figures = first.awaitResult();
      assertThat(figures.getMemoryStats().getUsage()).isPositive();
      assertThat(figures.getPidsStats().getCurrent()).isPositive();
    }
  }

  private static final class FirstStatistics
      extends com.github.dockerjava.core.InvocationBuilder.AsyncResultCallback<Statistics> {}

  private static void logged(DockerClient docker, String id) throws Exception {
    try (var log = new Gathered()) {
      docker.logContainerCmd(id).withStdOut(true).withStdErr(true).exec(log);
      assertThat(log.awaitCompletion(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(log.text(StreamType.STDOUT)).isEqualTo("out\ntyped\n");
      assertThat(log.text(StreamType.STDERR)).isEqualTo("err\n");
    }
  }
}
