package swarm.template;

/// A template that cannot be read or expanded, in Go's words and with its place.
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean unimplemented;

  private TemplateException(String message, boolean unimplemented) {
    super(message, null, false, false);
    this.unimplemented = unimplemented;
  }

  public static TemplateException of(String message) {
    return new TemplateException(message, false);
  }

  /// Go's templates have it, these have not.
  ///
  /// @param what such as `'range' in a template`
  public static TemplateException unimplemented(String what) {
    return new TemplateException(what, true);
  }

  /// The same, with where it was met.
  public TemplateException in(String where) {
    return new TemplateException(where + ": " + getMessage(), unimplemented);
  }

  /// Whether Go could have done it.
  public boolean isUnimplemented() {
    return unimplemented;
  }
}
