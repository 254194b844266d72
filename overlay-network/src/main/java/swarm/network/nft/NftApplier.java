package swarm.network.nft;

import java.io.IOException;
import java.util.List;

/// Applies changes in one network namespace.
public interface NftApplier {
  /// Applies all changes or none.
  ///
  /// @throws IOException naming the change that was refused, and why; then nothing was changed
  void apply(List<Change> changes) throws IOException;
}
