package swarm.runtime.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import swarm.runtime.container.ContainerConfig;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;

/// What a build needs of the node that it runs on. Called by several threads at once.
public interface BuildHost {
  /// An image to begin with: one that is here, or one that is pulled.
  ///
  /// @param platform nothing for this host's
  Image base(String name, Optional<Platform> platform, Progress progress)
      throws IOException, InterruptedException;

  /// The container of a step, with the same checks and limits as one that a user asks for.
  ///
  /// @param request as the API's `POST /containers/create` has it
  ContainerConfig container(ObjectNode request, Image image)
      throws IOException, EngineException, InterruptedException;

  /// A file that `ADD` names by its URL.
  Download download(String url, Progress progress) throws IOException, InterruptedException;

  /// The platform of this host.
  Platform platform();

  /// A file that comes over the network.
  ///
  /// @param name what it is called; empty where neither URL nor server say
  /// @param modified seconds since 1970 by the server's word; 0 where it says nothing
  record Download(InputStream content, String name, long modified, Runnable end)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      content.close();
      end.run();
    }
  }
}
