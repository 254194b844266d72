package swarm.cli.command;

import java.io.IOException;
import swarm.cli.client.DaemonException;
import swarm.cli.spec.InvalidValueException;

/// What a client command does once its options are read.
@FunctionalInterface
interface ClientAction {
  /// @return the exit status
  int run(Invocation call) throws IOException, DaemonException, InvalidValueException;
}
