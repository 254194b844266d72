package swarm.runtime.archive;

/// Links of a tree lead to each other, or more follow each other than the kernel would go along.
public final class EndlessLinkException extends ArchiveException {
  private static final long serialVersionUID = 1L;

  EndlessLinkException(String path) {
    super(path + ": too many links");
  }
}
