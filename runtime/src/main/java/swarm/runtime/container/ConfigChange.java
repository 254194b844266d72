package swarm.runtime.container;

/// What is to become of a container's configuration; `X` where it must not.
@FunctionalInterface
public interface ConfigChange<X extends Exception> {
  /// `now` stays as it is during the call. Of the result, only limits, restart policy and
  /// attributes count.
  ContainerConfig apply(Container now) throws X;
}
