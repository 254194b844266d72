package swarm.chaos.compatibility;

import java.util.List;
import java.util.Optional;

/// Commands that follow one another on one engine.
///
/// @param title what it shows
/// @param steps in order
record Scenario(String title, List<Step> steps) {

  /// One command.
  ///
  /// @param line of the file where it stands, from 1
  /// @param script for a shell
  /// @param docker what it prints with Docker's engine, scrubbed
  /// @param wanted where we print something else on purpose
  record Step(int line, String script, List<String> docker, Optional<Difference> wanted) {

    /// What it is to print with us.
    List<String> ours() {
      return wanted.map(Difference::ours).orElse(docker);
    }
  }

  /// A difference that is wanted.
  ///
  /// @param reason the first cell of a row of `docs/DOCKER-COMPATIBILITY.md`
  /// @param ours what it prints with us, scrubbed
  record Difference(String reason, List<String> ours) {}
}
