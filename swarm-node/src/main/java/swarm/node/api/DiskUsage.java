package swarm.node.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import swarm.node.api.error.ApiException;
import swarm.node.api.view.Containers;
import swarm.node.api.view.Images;
import swarm.node.api.view.VolumeViews;
import swarm.runtime.archive.TreeSize;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.Image;
import swarm.runtime.volume.Volume;
import swarm.runtime.volume.VolumeException;
import swarm.runtime.volume.VolumeStore;
import swarm.scheduler.model.Wire;

/// `GET /system/df`: what takes how much of the disk.
final class DiskUsage {
  private static final Set<String> TYPES = Set.of("container", "image", "volume", "build-cache");

  private final Daemon daemon;

  DiskUsage(Daemon daemon) {
    this.daemon = daemon;
  }

  void df(Call call) throws IOException, ApiException, EngineException {
    List<String> types = call.queries("type");
    for (String type : types) {
      if (!TYPES.contains(type)) {
        throw ApiException.bad("unknown object type: " + type);
      }
    }
    ObjectNode all = Wire.JSON.createObjectNode();
    List<Image> images = daemon.images().list();
    if (types.isEmpty() || types.contains("image")) {
      all.put("LayersSize", layers(images));
      all.set("Images", images(images));
    }
    if (types.isEmpty() || types.contains("container")) {
      all.set("Containers", containers(images));
    }
    if (types.isEmpty() || types.contains("volume")) {
      all.set("Volumes", volumes());
    }
    if (types.isEmpty() || types.contains("build-cache")) {
      all.putArray("BuildCache"); // builds leave images, which are told as such
    }
    call.respond(200, all);
  }

  /// Volumes with their `UsageData`.
  private ArrayNode volumes() throws IOException {
    VolumeStore volumes = daemon.engine().volumes();
    ArrayNode rows = Wire.JSON.createArrayNode();
    for (Volume volume : volumes.list()) {
      String name = volume.name();
      try {
        rows.add(VolumeViews.withUsage(volume, volumes.size(name), volumes.users(name).size()));
      } catch (VolumeException e) {
        if (e.kind() != VolumeException.Kind.NOT_FOUND) {
          throw e; // one that has just been removed takes nothing
        }
      }
    }
    return rows;
  }

  /// Bytes of all layers, each counted once.
  private static long layers(List<Image> images) {
    Map<String, Long> sizes = new HashMap<>();
    images.forEach(i -> i.layers().forEach(l -> sizes.put(l.diffId(), l.unpacked())));
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  private ArrayNode images(List<Image> images) {
    var uses = new ContainerUses(daemon.engine().list());
    Map<String, Long> shared = Images.sharedSizes(images);
    ArrayNode rows = Wire.JSON.createArrayNode();
    for (Image image : images) {
      ObjectNode row = Images.row(image, image.tags(), image.digests());
      row.put("SharedSize", shared.getOrDefault(image.id(), 0L));
      row.put("Containers", uses.count(image.id()));
      rows.add(row);
    }
    return rows;
  }

  private ArrayNode containers(List<Image> images) throws IOException {
    Map<String, Long> roots = new HashMap<>();
    images.forEach(image -> roots.put(image.id(), image.size()));
    ArrayNode rows = Wire.JSON.createArrayNode();
    for (Container container : daemon.engine().list()) {
      ObjectNode row =
          Containers.row(
              container, daemon.network().endpoint(container.id()), daemon.clock().instant());
      try {
        long written = written(daemon.engine(), container.id());
        row.put("SizeRw", written);
        row.put("SizeRootFs", written + roots.getOrDefault(container.config().imageId(), 0L));
        rows.add(row);
      } catch (EngineException e) {
        if (e.kind().httpStatus() != 404) {
          throw new IOException(e.getMessage(), e);
        } // it was removed meanwhile
      }
    }
    return rows;
  }

  /// Bytes of the files that a container has written.
  static long written(ContainerEngine engine, String id) throws IOException, EngineException {
    return TreeSize.of(engine.writableLayer(id));
  }
}
