package swarm.runtime.image;

/// A user's credentials for one registry; all empty for none.
///
/// @param identityToken an OAuth refresh token that stands for the password
/// @param registryToken a Bearer token that is sent as it is
public record Credentials(
    String user, String password, String identityToken, String registryToken) {
  /// No credentials.
  public static final Credentials NONE = new Credentials("", "");

  public Credentials(String user, String password) {
    this(user, password, "", "");
  }

  boolean present() {
    return !user.isEmpty() || !identityToken.isEmpty();
  }

  /// Never a secret: this may reach a log.
  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
