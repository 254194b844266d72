package swarm.runtime.snapshot;

import java.io.IOException;

/// Gives containers the layers of their images: the port behind which the image store stands.
/// Thread-safe.
public interface RootfsProvider {
  /// The layers of an image, unpacked and kept until [#release]. Calling it again for the same
  /// container (as after a restart of the daemon) gives the same.
  ///
  /// @throws java.nio.file.NoSuchFileException where there is no such image
  Rootfs prepare(String containerId, String imageId) throws IOException, InterruptedException;

  /// The container needs its layers no more. Does nothing for a container that holds none.
  void release(String containerId) throws IOException;
}
