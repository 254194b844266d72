package swarm.runtime.image;

/// A user's credentials for one registry; both empty for none.
public record Credentials(String user, String password) {
  /// No credentials.
  public static final Credentials NONE = new Credentials("", "");

  boolean present() {
    return !user.isEmpty();
  }

  /// Never the password: this may reach a log.
  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
