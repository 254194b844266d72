package swarm.runtime.container;

import swarm.runtime.volume.VolumeEvent;

/// Something that happened in the engine.
public sealed interface EngineEvent permits ContainerEvent, EngineEvent.OfVolume {
  /// To a volume.
  record OfVolume(VolumeEvent event) implements EngineEvent {}
}
