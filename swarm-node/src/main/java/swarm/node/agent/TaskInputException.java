package swarm.node.agent;

/// Why a task cannot be made: a secret or config that this node was not given, or makes no sense.
final class TaskInputException extends Exception {
  private static final long serialVersionUID = 1L;

  TaskInputException(String message) {
    super(message, null, false, false);
  }
}
