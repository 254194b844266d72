package swarm.scheduler.model;

/// What a registry wants to see before it gives a service's image. Kept beside the spec: another
/// password replaces no task, and no client is shown it. Its text says nothing of it.
///
/// @param identityToken instead of a password; empty for none
/// @param registryToken shown as it is; empty for none
public record RegistryAuth(
    String username, String password, String identityToken, String registryToken) {
  /// An older or broken log may lack parts.
  public RegistryAuth {
    username = text(username);
    password = text(password);
    identityToken = text(identityToken);
    registryToken = text(registryToken);
  }

  private static String text(@org.jspecify.annotations.Nullable String given) {
    return given == null ? "" : given;
  }

  @Override
  public String toString() {
    return "(credentials)";
  }
}
