package swarm.runtime.dockerfile;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// One instruction of a Dockerfile. Variables in it are not resolved yet: what they are depends on
/// the instructions before.
public sealed interface Instruction {
  /// Where it stands.
  Source source();

  /// Where an instruction stands and how it is written.
  ///
  /// @param line from 1; 0 for one that no file has
  /// @param keyword as written
  /// @param text the whole of it on one line
  record Source(int line, String keyword, String text) {}

  /// `NAME=VALUE`.
  record Pair(String name, String value) {
    @Override
    public String toString() {
      return name + "=" + value;
    }
  }

  /// `FROM [--platform=P] BASE [AS NAME]`.
  ///
  /// @param name in small letters; empty for none
  /// @param platform empty for the usual one
  record From(Source source, String base, String name, String platform) implements Instruction {}

  /// A program with its arguments, or a line for the shell.
  ///
  /// @param exec whether it was given as a JSON array
  /// @param words of the array; or one, the line, or none
  record Command(boolean exec, List<String> words) {}

  /// `RUN`.
  ///
  /// @param flags names of those that were given
  record Run(Source source, Command command, List<String> flags, List<HereDocument> documents)
      implements Instruction {}

  /// What changes an image's configuration alone.
  sealed interface Setting extends Instruction {}

  /// `CMD`.
  record Cmd(Source source, Command command) implements Setting {}

  /// `ENTRYPOINT`.
  record Entrypoint(Source source, Command command) implements Setting {}

  /// `ENV`.
  record Env(Source source, List<Pair> pairs) implements Setting {}

  /// `LABEL`.
  ///
  /// @param literal whether variables in it are none
  record Label(Source source, List<Pair> pairs, boolean literal) implements Setting {}

  /// One name of `ARG` with its default.
  record Argument(String name, Optional<String> value) {}

  /// `ARG`.
  record Arg(Source source, List<Argument> arguments) implements Instruction {}

  /// `COPY` and `ADD`.
  ///
  /// @param add whether archives are unpacked and URLs fetched
  /// @param from a stage or an image; empty for the context
  /// @param flags names of those that were given
  record Copy(
      Source source,
      boolean add,
      List<String> sources,
      String destination,
      List<HereDocument> documents,
      String from,
      String chown,
      String chmod,
      List<String> flags)
      implements Instruction {}

  /// `EXPOSE`; the words sorted, as Docker has them.
  record Expose(Source source, List<String> ports) implements Setting {}

  /// `VOLUME`.
  record Volume(Source source, List<String> paths) implements Setting {}

  /// `USER`.
  record User(Source source, String user) implements Setting {}

  /// `WORKDIR`.
  record Workdir(Source source, String path) implements Setting {}

  /// `STOPSIGNAL`.
  record StopSignal(Source source, String signal) implements Setting {}

  /// `SHELL`.
  record Shell(Source source, List<String> words) implements Setting {}

  /// `MAINTAINER`.
  record Maintainer(Source source, String name) implements Instruction {}

  /// `ONBUILD`.
  ///
  /// @param trigger the instruction as it is written
  record OnBuild(Source source, String trigger) implements Setting {}

  /// `HEALTHCHECK`.
  ///
  /// @param test `NONE`, `CMD` and words, or `CMD-SHELL` and a line
  /// @param retries 0 where it does not say
  record HealthCheck(
      Source source,
      List<String> test,
      Duration interval,
      Duration timeout,
      Duration startPeriod,
      Duration startInterval,
      int retries)
      implements Setting {}
}
