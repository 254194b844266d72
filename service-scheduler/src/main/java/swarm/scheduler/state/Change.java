package swarm.scheduler.state;

import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Cluster;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.Task;

/// One object before and after a command: `before` is null where it is new, `after` where it is
/// gone.
public sealed interface Change {
  record OfCluster(@Nullable Cluster before, Cluster after) implements Change {}

  record OfNode(@Nullable Node before, @Nullable Node after) implements Change {}

  record OfService(@Nullable Service before, @Nullable Service after) implements Change {}

  record OfTask(@Nullable Task before, @Nullable Task after) implements Change {}

  /// A network that users made.
  record OfNetwork(@Nullable Network before, @Nullable Network after) implements Change {}

  /// A container that is no task, on such a network.
  record OfAttachment(@Nullable Attachment before, @Nullable Attachment after) implements Change {}

  /// A secret or a config.
  record OfPayload(@Nullable Payload before, @Nullable Payload after) implements Change {}
}
