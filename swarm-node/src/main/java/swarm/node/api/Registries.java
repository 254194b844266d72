package swarm.node.api;

import swarm.runtime.image.Distribution;
import swarm.runtime.image.RegistryClient;
import swarm.runtime.image.RegistryLogin;
import swarm.runtime.image.RegistrySearch;

/// What is asked of registries beside pulling and pushing.
public record Registries(RegistryLogin login, RegistrySearch search, Distribution distribution) {
  public static Registries of(RegistryClient client) {
    return new Registries(
        new RegistryLogin(client), new RegistrySearch(client), new Distribution(client));
  }
}
