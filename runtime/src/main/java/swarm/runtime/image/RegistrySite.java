package swarm.runtime.image;

import java.net.URI;

/// One server that answers for a repository: its registry, or a mirror of Docker Hub.
///
/// @param base without a slash at the end
/// @param mirror whether it is none of the registry's own: credentials are not for it
record RegistrySite(URI base, boolean mirror) {
  /// @param rest of the path, behind the repository
  URI uri(Reference reference, String rest) {
    return URI.create(base + "/v2/" + reference.repository() + "/" + rest);
  }

  /// The root of the API, which asks for credentials where any are needed.
  URI root() {
    return URI.create(base + "/v2/");
  }
}
